#pragma once
// The one table of options, of the commands that use them, and of presets.
#include <cstddef>
#include <span>
#include <string_view>

namespace citrine {

enum class OptionKind {
  text,
  integer,
  real,
  toggle,
  texts,
  reals
};  // texts, reals: lists separated by commas; reals: ranges FROM:TO:COUNT too, at equal ratios

struct Option {
  std::string_view name;
  OptionKind kind = OptionKind::text;
  std::string_view fallback = {};  // used where nothing is given; empty: none
  double low = 0, high = 0;        // integer, real, reals: least and greatest value
  std::string_view choices = {};   // text, texts: valid words, separated by spaces; empty: any
  std::string_view unit = {};      // of a number
  std::string_view group = {};     // heading in the help
  std::string_view commands = {};  // that use it, separated by spaces; "*" for all
  std::string_view help = {};
  bool is_recorded = true;  // stored in results: it can change what they hold
};

struct Command {
  std::string_view name;
  std::string_view arguments;       // as shown in the help; with " | " the first is one of these
  std::size_t least = 0, most = 0;  // number of arguments
  // Options without which the command cannot run, separated by spaces; of "a|b" one at least.
  std::string_view required;
  std::string_view summary;
};

// Values that take the place of the defaults: "key=value" separated by spaces.
struct Preset {
  std::string_view name;
  std::string_view command;
  std::string_view summary;
  std::string_view values;
};

std::span<const Option> option_table();
std::span<const Command> command_table();
std::span<const Preset> preset_table();

bool uses(std::string_view command, const Option& option);
const Command& find_command(std::string_view name);  // Error that names the nearest valid one
const Option* find_option(std::string_view command,
                          std::string_view name);  // nullptr if the command has none of that name
// The same; Error that names the nearest one, or the commands that do have it.
const Option& require_option(std::string_view command, std::string_view name);

}  // namespace citrine
