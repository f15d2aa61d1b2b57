#include "app/help.h"

#include <map>
#include <sstream>
#include <vector>

#include "app/option_table.h"
#include "graph/words.h"

namespace citrine {
namespace {

constexpr std::size_t kColumn = 26;

std::string padded(std::string text) {
  text.resize(std::max(text.size() + 1, kColumn), ' ');
  return text;
}

std::string limits(const Option& option) {
  std::ostringstream text;
  const bool is_number = option.kind == OptionKind::integer || option.kind == OptionKind::real ||
                         option.kind == OptionKind::reals;
  if (is_number) text << option.low << " to " << option.high;
  if (!option.choices.empty()) text << join(words(option.choices), ", ");
  if (option.kind == OptionKind::toggle) text << "true, false";
  if (!option.unit.empty()) text << ' ' << option.unit;
  return text.str();
}

// "--epochs   passes over the training images [1 to 10000; default 20]".
std::string line(const Command& command, const Option& option) {
  std::vector<std::string> facts;
  if (const auto text = limits(option); !text.empty()) facts.push_back(text);
  bool is_required = false;
  for (const auto name : words(command.required)) is_required = is_required || name == option.name;
  if (is_required) facts.emplace_back("required");
  if (!is_required && !option.fallback.empty())
    facts.push_back("default " + std::string(option.fallback));
  std::string text = padded("  --" + std::string(option.name)) + std::string(option.help);
  if (!facts.empty()) text += " [" + join(facts, "; ") + "]";
  return text + "\n";
}

std::string presets(std::string_view command) {
  std::string text;
  for (const auto& preset : preset_table())
    if (preset.command == command)
      text += padded("  " + std::string(preset.name)) + std::string(preset.summary) + "\n" +
              padded("") + std::string(preset.values) + "\n";
  return text.empty() ? text : "\nPresets:\n" + text;
}

}  // namespace

std::string help() {
  std::string text =
      "citrine designs neural networks for accelerators whose hardware can fail.\n\n"
      "usage: citrine COMMAND [arguments] [options]\n\nCommands:\n";
  for (const auto& command : command_table())
    text += padded("  " + std::string(command.name) + " " + std::string(command.arguments)) +
            std::string(command.summary) + "\n";
  return text +
         "\ncitrine COMMAND --help shows a command's options; citrine --version the version.\n";
}

std::string help(std::string_view name) {
  const auto& command = find_command(name);
  std::string text = "usage: citrine " + std::string(name) + " " + std::string(command.arguments) +
                     " [options]\n" + std::string(command.summary) + "\n";
  std::string_view group;
  for (const auto& option : option_table()) {
    if (!uses(name, option)) continue;
    if (option.group != group) text += "\n" + std::string(option.group) + ":\n";
    group = option.group;
    text += line(command, option);
  }
  return text + presets(name);
}

}  // namespace citrine
