#include "report/program.h"

#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <memory>

#include "kernels/error.h"

namespace citrine {
namespace {

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, CloseFile>;

File temporary_file() {
  File file(std::tmpfile());
  if (!file) throw Error("no temporary file could be made for a figure");
  return file;
}

std::string contents(std::FILE* file) {
  std::rewind(file);
  std::string text;
  char block[4096];
  while (const std::size_t count = std::fread(block, 1, sizeof block, file))
    text.append(block, count);
  return text;
}

// Only async-signal-safe calls between fork and exec.
[[noreturn]] void become(char* const* arguments, int input, int output, int errors) {
  dup2(input, STDIN_FILENO);
  dup2(output, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  execvp(arguments[0], arguments);
  _exit(127);
}

void replace_all(std::string& text, const std::string& from, const std::string& to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
}

}  // namespace

std::string run_program(const std::vector<std::string>& command, const std::string& input) {
  const File in = temporary_file(), out = temporary_file(), errors = temporary_file();
  if (std::fwrite(input.data(), 1, input.size(), in.get()) != input.size() ||
      std::fflush(in.get()) != 0)
    throw Error("the input of ", command[0], " could not be written: is the disk full?");
  std::rewind(in.get());
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const pid_t child = fork();
  if (child < 0) throw Error(command[0], " could not be started");
  if (child == 0)
    become(arguments.data(), fileno(in.get()), fileno(out.get()), fileno(errors.get()));
  int status = 0;
  waitpid(child, &status, 0);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
    throw Error(command[0], " draws the figures and is not installed: run scripts/setup.sh");
  if (status != 0) throw Error(command[0], " failed: ", contents(errors.get()).substr(0, 300));
  return contents(out.get());
}

std::string themed_svg(std::string svg) {
  const auto start = svg.find("<svg");
  if (start != std::string::npos) svg.erase(0, start);
  for (const char* black : {"rgb(  0,   0,   0)", "rgb(0,0,0)", "#000000", "\"black\"", "'black'"})
    replace_all(svg, black,
                black[0] == '"' || black[0] == '\'' ? "\"currentColor\"" : "currentColor");
  return svg;
}

}  // namespace citrine
