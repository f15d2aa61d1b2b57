#include "app/options.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <set>
#include <sstream>
#include <stdexcept>
#include <thread>

#include <boost/program_options.hpp>

#include "app/words.h"
#include "kernels/error.h"
#include "kernels/names.h"
#include "store/files.h"

namespace citrine {
namespace {

namespace po = boost::program_options;

std::vector<std::string_view> option_names(std::string_view command) {
  std::vector<std::string_view> names;
  for (const auto& option : option_table())
    if (uses(command, option)) names.push_back(option.name);
  return names;
}

// The command's option of that name; Error that names the nearest one, or the commands that do have
// it.
const Option& require_option(std::string_view command, std::string_view name) {
  if (const auto* option = find_option(command, name)) return *option;
  for (const auto& option : option_table())
    if (option.name == name)
      throw Error("option '", name, "' is not used by ", command, ", only by ",
                  join(words(option.commands), ", "), "; the nearest one of ", command, " is '",
                  nearest_name(name, option_names(command)), "'");
  throw Error("unknown option '", name, "' of ", command, ": did you mean '",
              nearest_name(name, option_names(command)), "'?");
}

template <class Number>
Number parse_number(const Option& option, std::string_view text) {
  Number number{};
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (code != std::errc{} || end != text.data() + text.size())
    throw Error("option '", option.name, "' takes ",
                std::is_integral_v<Number> ? "a whole number" : "a number", ", got '", text, "'");
  return number;
}

template <class Number>
void check_range(const Option& option, std::string_view text) {
  const auto number = static_cast<double>(parse_number<Number>(option, text));
  if (!(number >= option.low && number <= option.high))
    throw Error("option '", option.name, "' must lie between ", option.low, " and ", option.high,
                ", got ", text);
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
      for (const auto word : words(text, ',')) check_range<double>(option, word);
  }
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

// Takes over each named value; Error if it is unknown, used by other commands only, or named twice.
OptionValues collect(std::string_view command, const po::parsed_options& parsed) {
  OptionValues values;
  for (const auto& item : parsed.options) {
    if (item.position_key >= 0) continue;
    auto name = item.string_key;
    name.erase(0,
               name.find_first_not_of('-') == std::string::npos ? 0 : name.find_first_not_of('-'));
    require_option(command, name);
    const auto text = item.value.empty() ? std::string() : item.value.front();
    if (!values.emplace(name, text).second) throw Error("option '", name, "' is given twice");
  }
  return values;
}

po::options_description description(std::string_view command) {
  po::options_description options;
  for (const auto name : option_names(command))
    options.add_options()(std::string(name).c_str(), po::value<std::string>(), "");
  options.add_options()("argument", po::value<std::vector<std::string>>(), "");
  return options;
}

// "--overwrite" alone stands for "--overwrite=true".
std::vector<std::string> with_toggles(std::string_view command,
                                      std::span<const std::string> given) {
  std::vector<std::string> result(given.begin(), given.end());
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto* option =
        result[i].starts_with("--") ? find_option(command, result[i].substr(2)) : nullptr;
    if (option == nullptr || option->kind != OptionKind::toggle) continue;
    const bool has_value =
        i + 1 < result.size() && (result[i + 1] == "true" || result[i + 1] == "false");
    if (!has_value) result[i] += "=true";
  }
  return result;
}

po::parsed_options parse_words(std::string_view command, std::span<const std::string> given) {
  using namespace po::command_line_style;
  po::positional_options_description positional;
  positional.add("argument", -1);
  try {
    return po::command_line_parser(with_toggles(command, given))
        .options(description(command))
        .positional(positional)
        .style(allow_long | long_allow_adjacent | long_allow_next)
        .allow_unregistered()
        .run();
  } catch (const po::error& error) {
    throw Error(error.what());
  }
}

std::vector<std::string> positional_arguments(const po::parsed_options& parsed) {
  std::vector<std::string> arguments;
  for (const auto& item : parsed.options)
    if (item.position_key >= 0)
      arguments.insert(arguments.end(), item.value.begin(), item.value.end());
  return arguments;
}

void check_arguments(const Command& command, const Options& options) {
  const auto count = options.arguments().size();
  for (const auto& argument : options.arguments())
    if (argument.starts_with('-'))
      require_option(command.name, argument.substr(argument.find_first_not_of('-')));
  if (count < command.least) throw Error(command.name, " needs ", command.arguments);
  if (count > command.most)
    throw Error(command.name, " does not take '", options.arguments().back(), "'",
                command.most > 0 ? ", only " : "", command.arguments);
  for (const auto name : words(command.required))
    if (!options.is_given(name)) throw Error(command.name, " needs the option '", name, "'");
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
  std::vector<double> numbers;
  for (const auto word : words(value(name), ','))
    numbers.push_back(parse_number<double>(require_option(command_, name), word));
  return numbers;
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

OptionValues parse_ini(std::string_view command, const std::string& text,
                       const std::string& where) {
  std::istringstream stream(text);
  try {
    return collect(command, po::parse_config_file(stream, description(command), true));
  } catch (const std::exception& error) {
    throw Error(where, ": ", error.what());
  }
}

Options parse_options(std::string_view command, std::span<const std::string> given) {
  const auto parsed = parse_words(command, given);
  auto values = collect(command, parsed);
  if (const auto config = values.find("config"); config != values.end())
    values.merge(parse_ini(command, read_text(config->second), config->second));
  Options options(command, positional_arguments(parsed), std::move(values));
  check_arguments(find_command(command), options);
  return options;
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
