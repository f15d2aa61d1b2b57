// The program: exits 0, 1 for a failure, 2 for wrong usage, 128 + n when signal n stopped it.
#include <algorithm>
#include <filesystem>
#include <iostream>
#include <new>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "app/commands.h"
#include "app/help.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "kernels/error.h"

namespace {

int complain(std::string_view sentence, int status) {
  std::cerr << "citrine: " << sentence << '\n';
  return status;
}

// Libraries put stack traces behind the first line.
std::string first_line(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

// One sentence with the path first, as our own errors have it.
std::string sentence(const std::filesystem::filesystem_error& error) {
  return error.path1().string() + ": " + error.code().message();
}

int run(const citrine::Options& options) {
  citrine::start_log(options.toggle("quiet") ? "error" : options.text("log-level"));
  citrine::catch_interrupts();
  try {
    citrine::run_command(options);
    if (!std::cout.flush()) throw citrine::Error("standard output: cannot write to it");
    return 0;
  } catch (const citrine::Interrupted& stop) {
    return complain(stop.what(), 128 + stop.signal());
  } catch (const std::bad_alloc&) {
    return complain("not enough memory for this", 1);
  } catch (const std::filesystem::filesystem_error& error) {
    return complain(sentence(error), 1);
  } catch (const std::exception& error) {
    return complain(first_line(error.what()), 1);
  }
}

bool is_help(std::string_view word) { return word == "--help" || word == "-h"; }

std::optional<citrine::Options> parse(const std::vector<std::string>& words) {
  if (words.empty()) throw citrine::Error("a command is missing; citrine --help lists them");
  if (words.front() == "--version") {
    std::cout << "citrine " CITRINE_VERSION "\n";
  } else if (is_help(words.front()) || words.front() == "help") {
    std::cout << (words.size() > 1 ? citrine::help(words[1]) : citrine::help());
  } else if (std::ranges::any_of(words, is_help)) {
    std::cout << citrine::help(words.front());
  } else {
    const auto& command = citrine::find_command(words.front());
    return citrine::parse_options(command.name, std::span(words).subspan(1));
  }
  return std::nullopt;
}

}  // namespace

int main(int count, char** arguments) {
  std::optional<citrine::Options> options;
  try {
    options = parse({arguments + 1, arguments + count});
  } catch (const std::exception& error) {
    return complain(first_line(error.what()), 2);
  }
  return options ? run(*options) : 0;
}
