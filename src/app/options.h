#pragma once
// The options of one invocation, resolved: command line over .ini file over preset over default.
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/option_table.h"

namespace citrine {

using OptionValues = std::map<std::string, std::string>;

class Options {
 public:
  // Throws Error unless every value fits the table; options that are not in `values` take preset or
  // default.
  Options(std::string_view command, std::vector<std::string> arguments, OptionValues values);

  const std::string& command() const { return command_; }
  const std::vector<std::string>& arguments() const { return arguments_; }
  bool is_given(
      std::string_view name) const;  // on the command line, in the .ini file or by the preset

  // Each throws std::logic_error if the command has no such option.
  std::string text(std::string_view name) const;
  std::int64_t integer(std::string_view name) const;
  double real(std::string_view name) const;
  bool toggle(std::string_view name) const;
  std::vector<std::string> texts(std::string_view name) const;
  std::vector<double> reals(std::string_view name) const;

  // What results store: every option that can change them.
  nlohmann::json config() const;
  // The same as "option = value" lines; read again, it gives the same options.
  std::string ini() const;

 private:
  const std::string& value(std::string_view name) const;

  std::string command_;
  std::vector<std::string> arguments_;
  OptionValues given_, values_;
};

// Throws Error that names the option unless `text` is a value of it.
void check_value(const Option& option, std::string_view text);

// From the words after the command's name. Throws Error (wrong usage) for unknown, unused, repeated
// and out-of-range options, in the .ini file too, and for missing or surplus arguments.
Options parse_options(std::string_view command, std::span<const std::string> words);
// From the text of an .ini file; `where` names it in errors.
OptionValues parse_ini(std::string_view command, const std::string& text, const std::string& where);

// First difference, "epochs is 3 here and 5 there", or an empty text.
std::string difference(const nlohmann::json& here, const nlohmann::json& there);

}  // namespace citrine
