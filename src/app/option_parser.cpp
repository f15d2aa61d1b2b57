#include <algorithm>
#include <sstream>

#include <boost/program_options.hpp>

#include "app/options.h"
#include "graph/words.h"
#include "kernels/error.h"
#include "kernels/names.h"
#include "store/files.h"
#include "store/located.h"

namespace citrine {
namespace {

namespace po = boost::program_options;

std::string without_dashes(const std::string& word) {
  return word.substr(std::min(word.find_first_not_of('-'), word.size()));
}

// Boost's message, or `otherwise` where `given` may hold one of the placeholders of its messages:
// it would replace that by itself for ever.
std::string message_of(const po::error& error, std::string_view given, const char* otherwise) {
  return given.find('%') == std::string_view::npos ? error.what() : otherwise;
}

// Takes over a named value; Error if it is unknown, used by other commands only, out of range, or
// named twice.
void collect(std::string_view command, const po::option& item, OptionValues& values) {
  const auto& name = item.string_key;
  const auto text = item.value.empty() ? std::string() : item.value.front();
  check_value(require_option(command, name), text);
  if (!values.emplace(name, text).second) throw Error("option '", name, "' is given twice");
}

// Numbers, from 1, of the lines that Boost reads as options: comments off, neither empty nor a
// section.
std::vector<int> option_lines(const std::string& text) {
  std::istringstream stream(text);
  std::vector<int> lines;
  std::string line;
  for (int number = 1; std::getline(stream, line); ++number) {
    line = line.substr(0, line.find('#'));
    const auto first = line.find_first_not_of(" \t\r"), last = line.find_last_not_of(" \t\r");
    const bool is_blank = first == std::string::npos;
    if (!is_blank && (line[first] != '[' || line[last] != ']')) lines.push_back(number);
  }
  return lines;
}

po::options_description description(std::string_view command) {
  po::options_description options;
  for (const auto& option : option_table())
    if (uses(command, option))
      options.add_options()(std::string(option.name).c_str(), po::value<std::string>(), "");
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
    throw Error(
        message_of(error, join(given, " "), "an option that takes a value must be '--name value'"));
  }
}

std::vector<std::string> positional_arguments(const po::parsed_options& parsed) {
  std::vector<std::string> arguments;
  for (const auto& item : parsed.options)
    if (item.position_key >= 0)
      arguments.insert(arguments.end(), item.value.begin(), item.value.end());
  return arguments;
}

// The arguments are those of one form: "check NAME" of "list | check NAME".
void check_form(const Command& command, const std::vector<std::string>& arguments) {
  std::vector<std::string_view> actions;
  for (const auto form : words(command.arguments, '|')) {
    const auto parts = words(form);
    actions.push_back(parts.front());
    if (parts.front() != arguments.front()) continue;
    if (parts.size() == arguments.size()) return;
    throw Error(command.name, " takes '", join(parts, " "), "', got '", join(arguments, " "), "'");
  }
  throw Error(unknown_name("action", arguments.front(), actions));
}

void check_required(const Command& command, const Options& options) {
  for (const auto choice : words(command.required)) {
    const auto names = words(choice, '|');
    const auto has = [&](auto name) {
      return options.is_given(name) && !options.text(name).empty();
    };
    if (std::ranges::none_of(names, has))
      throw Error(command.name, " needs the option '", join(names, "' or '"), "'");
  }
}

void check_arguments(const Command& command, const Options& options) {
  const auto count = options.arguments().size();
  for (const auto& argument : options.arguments())
    if (argument.starts_with('-')) require_option(command.name, without_dashes(argument));
  if (count < command.least) throw Error(command.name, " needs ", command.arguments);
  if (count > command.most)
    throw Error(command.name, " does not take '", options.arguments().back(), "'",
                command.most > 0 ? ", only " : "", command.arguments);
  if (command.arguments.find(" | ") != std::string_view::npos)
    check_form(command, options.arguments());
  check_required(command, options);
}

// In the order of the lines.
std::vector<po::option> ini_items(std::string_view command, const std::string& text,
                                  const std::string& where) {
  std::istringstream stream(text);
  try {
    return po::parse_config_file(stream, description(command), true).options;
  } catch (const po::error& error) {
    throw Error(where, ": ",
                message_of(error, text, "each line must be 'key = value' or '[section]'"));
  }
}

}  // namespace

OptionValues parse_ini(std::string_view command, const std::string& text,
                       const std::string& where) {
  OptionValues values;
  const auto items = ini_items(command, text, where);
  const auto lines = option_lines(text);
  for (std::size_t i = 0; i < items.size(); ++i)
    located(where + " line " + std::to_string(lines.at(i)),
            [&] { collect(command, items[i], values); });
  if (values.contains("config"))
    throw Error(where, ": an .ini file cannot name another with 'config'");
  return values;
}

Options parse_options(std::string_view command, std::span<const std::string> given) {
  const auto parsed = parse_words(command, given);
  OptionValues values;
  for (const auto& item : parsed.options)
    if (item.position_key < 0) collect(command, item, values);
  if (const auto config = values.find("config"); config != values.end())
    values.merge(parse_ini(command, read_text(config->second), config->second));
  Options options(command, positional_arguments(parsed), std::move(values));
  check_arguments(find_command(command), options);
  return options;
}

}  // namespace citrine
