#include "app/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "kernels/random.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kPictures = 96, kPixels = 3 * 32 * 32;

// One label byte and 3072 pixels a picture; each class has a brightness of its own, so that
// something can be learnt.
void write_pictures(const fs::path& path) {
  std::ofstream file(path, std::ios::binary);
  for (int picture = 0; picture < kPictures; ++picture) {
    const Key key{.seed = 1, .stream = static_cast<std::uint64_t>(picture)};
    file.put(static_cast<char>(picture % 10));
    for (std::uint64_t i = 0; i < kPixels; ++i)
      file.put(static_cast<char>(picture % 10 * 20 + static_cast<int>(uniform_below(key, i, 56))));
  }
}

[[noreturn]] void become(const fs::path& folder, const std::vector<std::string>& words,
                         const fs::path& output, int errors, const StartOptions& options) {
  const int out = open(output.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(out, STDOUT_FILENO);
  dup2(errors, STDERR_FILENO);
  if (chdir(folder.c_str()) != 0) _exit(99);
  if (options.largest_file) {
    const rlimit limit{*options.largest_file, *options.largest_file};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  auto all = options.launcher;
  all.emplace_back(CITRINE_PROGRAM);
  all.insert(all.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (auto& word : all) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  execv(arguments.front(), arguments.data());
  _exit(98);
}

}  // namespace

WorkFolder::WorkFolder() {
  auto name = (fs::temp_directory_path() / "citrine-app-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = name;
  write_pictures(path_ / "images.bin");
}

WorkFolder::~WorkFolder() { fs::remove_all(path_); }

Program::Program(const fs::path& folder, const std::vector<std::string>& words,
                 const StartOptions& options)
    : output_(options.standard_output ? fs::path(*options.standard_output)
                                      : folder / "stdout.txt") {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  id_ = fork();
  if (id_ == 0) become(folder, words, output_, ends[1], options);
  close(ends[1]);
  errors_ = ends[0];
}

Program::~Program() {
  if (id_ > 0) {
    send(SIGKILL);
    reap();
  }
}

void Program::send(int signal) const { ::kill(id_, signal); }

bool Program::wait_for(const std::string& text) {
  char buffer[4096];
  while (err_.find(text) == std::string::npos) {
    const auto count = read(errors_, buffer, sizeof buffer);
    if (count <= 0) return false;
    err_.append(buffer, static_cast<std::size_t>(count));
  }
  return true;
}

Finished Program::wait() {
  wait_for(std::string(1, '\0'));  // never written: reads to the end
  return reap();
}

Finished Program::kill_after(std::chrono::microseconds delay) {
  const auto end = std::chrono::steady_clock::now() + delay;
  char buffer[4096];
  for (;;) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        end - std::chrono::steady_clock::now());
    pollfd waiting{errors_, POLLIN, 0};
    if (left.count() <= 0 || poll(&waiting, 1, static_cast<int>(left.count())) == 0) break;
    if (read(errors_, buffer, sizeof buffer) <= 0) return reap();
  }
  send(SIGKILL);
  return reap();
}

Finished Program::reap() {
  int state = 0;
  waitpid(id_, &state, 0);
  close(errors_);
  id_ = -1;
  Finished finished;
  if (WIFEXITED(state)) finished.status = WEXITSTATUS(state);
  if (WIFSIGNALED(state)) finished.signal = WTERMSIG(state);
  if (fs::is_regular_file(output_)) finished.out = read_bytes(output_);
  finished.err = std::move(err_);
  return finished;
}

Finished run(const fs::path& folder, const std::vector<std::string>& words,
             const StartOptions& options) {
  return Program(folder, words, options).wait();
}

void make_integer_network(const WorkFolder& folder) {
  std::ofstream(folder / "small.json") << R"({"schema": "citrine graph", "version": 1,
    "input": {"height": 32, "width": 32, "channels": 3}, "nodes": [
    {"name": "image", "op": "input"},
    {"name": "stem", "op": "convolution", "inputs": ["image"], "channels": 4, "kernel": 3, "stride": 4,
     "has_bias": true},
    {"name": "relu", "op": "relu", "inputs": ["stem"]},
    {"name": "pool", "op": "global_average_pool", "inputs": ["relu"]},
    {"name": "classes", "op": "fully_connected", "inputs": ["pool"], "channels": 10,
     "has_bias": true}], "output": "classes"})";
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"train", "small.json", "--data", "images.bin", "--epochs", "1",
                                 "--out", "small.h5"},
        {"quantize", "small.h5", "--data", "images.bin", "--images", "16", "--out", "i.h5"}}) {
    const auto finished = run(folder.path(), words);
    EXPECT_EQ(finished.status, 0) << finished.err;
  }
}

std::string read_bytes(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace citrine::testing
