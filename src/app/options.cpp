#include "app/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <spdlog/fmt/fmt.h>

#include "graph/words.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

template <class Number>
Number parse_number(const Option& option, std::string_view text) {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size())
    throw Error("option '", option.name, "' takes ",
                std::is_integral_v<Number> ? "a whole number" : "a number", ", got '", text, "'");
  return number;
}

void check_bounds(const Option& option, double number, std::string_view text) {
  if (!(number >= option.low && number <= option.high))
    throw Error("option '", option.name, "' must lie between ", option.low, " and ", option.high,
                ", got ", text);
}

template <class Number>
void check_range(const Option& option, std::string_view text) {
  check_bounds(option, static_cast<double>(parse_number<Number>(option, text)), text);
}

// "1e-7:1e-3:13": so many numbers at equal ratios, each of six digits, so that it is the same as
// typed.
std::vector<double> range_of(const Option& option, std::string_view text) {
  const auto parts = words(text, ':');
  if (parts.size() == 3 && std::ranges::count(text, ':') == 2) {
    const auto first = parse_number<double>(option, parts[0]);
    const auto last = parse_number<double>(option, parts[1]);
    const auto count = parse_number<std::int64_t>(option, parts[2]);
    if (first > 0 && last > first && last < HUGE_VAL && count >= 2 && count <= 1000) {
      std::vector<double> numbers = {first};
      for (std::int64_t i = 1; i + 1 < count; ++i) {
        const double part = static_cast<double>(i) / static_cast<double>(count - 1);
        const auto digits = fmt::format("{:.6g}", first * std::pow(last / first, part));
        numbers.push_back(parse_number<double>(option, digits));
      }
      numbers.push_back(last);
      return numbers;
    }
  }
  throw Error("option '", option.name, "' takes a range as FROM:TO:COUNT with 0 < FROM < TO and ",
              "2 to 1000 numbers, got '", text, "'");
}

std::vector<double> parse_reals(const Option& option, std::string_view text) {
  std::vector<double> numbers;
  for (const auto word : words(text, ',')) {
    const auto more = word.find(':') == std::string_view::npos
                          ? std::vector{parse_number<double>(option, word)}
                          : range_of(option, word);
    for (const double number : more) check_bounds(option, number, word);
    numbers.insert(numbers.end(), more.begin(), more.end());
  }
  return numbers;
}

void check_choice(const Option& option, std::string_view text) {
  const auto choices = words(option.choices);
  if (choices.empty() || std::ranges::count(choices, text) > 0) return;
  throw Error("option '", option.name, "' is one of ", join(choices, ", "), "; the nearest to '",
              text, "' is '", nearest_name(text, choices), "'");
}

void check_toggle(const Option& option, std::string_view text) {
  if (text != "true" && text != "false")
    throw Error("option '", option.name, "' is true or false, got '", text, "'");
}

OptionValues preset_values(std::string_view command, std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& preset : preset_table()) {
    if (preset.command != command) continue;
    names.push_back(preset.name);
    if (preset.name != name) continue;
    OptionValues values;
    for (const auto word : words(preset.values))
      values.emplace(word.substr(0, word.find('=')), word.substr(word.find('=') + 1));
    return values;
  }
  throw Error(unknown_name("preset", name, names));
}

nlohmann::json as_json(const Options& options, const Option& option) {
  switch (option.kind) {
    case OptionKind::integer:
      return options.integer(option.name);
    case OptionKind::real:
      return options.real(option.name);
    case OptionKind::toggle:
      return options.toggle(option.name);
    case OptionKind::texts:
      return options.texts(option.name);
    case OptionKind::reals:
      return options.reals(option.name);
    default:
      return options.text(option.name);
  }
}

}  // namespace

void check_value(const Option& option, std::string_view text) {
  switch (option.kind) {
    case OptionKind::text:
      return check_choice(option, text);
    case OptionKind::integer:
      return check_range<std::int64_t>(option, text);
    case OptionKind::real:
      return check_range<double>(option, text);
    case OptionKind::toggle:
      return check_toggle(option, text);
    case OptionKind::texts:
      for (const auto word : words(text, ',')) check_choice(option, word);
      return;
    case OptionKind::reals:
      parse_reals(option, text);
  }
}

Options::Options(std::string_view command, std::vector<std::string> arguments, OptionValues values)
    : command_(command), arguments_(std::move(arguments)), given_(std::move(values)) {
  const auto preset = given_.find("preset");
  if (preset != given_.end()) given_.merge(preset_values(command, preset->second));
  for (const auto& [name, text] : given_) check_value(require_option(command, name), text);
  for (const auto& option : option_table())
    if (uses(command, option)) values_[std::string(option.name)] = option.fallback;
  for (const auto& [name, text] : given_) values_[name] = text;
  if (values_["threads"] == "0")
    values_["threads"] = std::to_string(std::max(1U, std::thread::hardware_concurrency()));
}

bool Options::is_given(std::string_view name) const { return given_.contains(std::string(name)); }

const std::string& Options::value(std::string_view name) const {
  const auto found = values_.find(std::string(name));
  if (found == values_.end())
    throw std::logic_error(command_ + " has no option " + std::string(name));
  return found->second;
}

std::string Options::text(std::string_view name) const { return value(name); }

std::int64_t Options::integer(std::string_view name) const {
  return parse_number<std::int64_t>(require_option(command_, name), value(name));
}

double Options::real(std::string_view name) const {
  return parse_number<double>(require_option(command_, name), value(name));
}

bool Options::toggle(std::string_view name) const { return value(name) == "true"; }

std::vector<std::string> Options::texts(std::string_view name) const {
  const auto parts = words(value(name), ',');
  return {parts.begin(), parts.end()};
}

std::vector<double> Options::reals(std::string_view name) const {
  return parse_reals(require_option(command_, name), value(name));
}

nlohmann::json Options::config() const {
  auto config = nlohmann::json::object();
  for (const auto& option : option_table())
    if (uses(command_, option) && option.is_recorded)
      config[std::string(option.name)] = as_json(*this, option);
  return config;
}

std::string Options::ini() const {
  std::ostringstream text;
  for (const auto& option : option_table())
    if (uses(command_, option) && option.is_recorded)
      text << option.name << " = " << value(option.name) << '\n';
  return text.str();
}

std::string difference(const nlohmann::json& here, const nlohmann::json& there) {
  std::set<std::string> names;
  for (const auto* side : {&here, &there})
    for (const auto& [name, value] : side->items()) names.insert(name);
  for (const auto& name : names) {
    const auto ours = here.value(name, nlohmann::json()),
               theirs = there.value(name, nlohmann::json());
    if (ours != theirs)
      return name + " is " + ours.dump() + " here and " + theirs.dump() + " there";
  }
  return {};
}

}  // namespace citrine
