#pragma once
// Runs the built program in a folder of its own, as a user would, and kills it if asked to.
#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace citrine::testing {

struct Finished {
  int status = -1;  // exit status; -1 if a signal ended it
  int signal = 0;
  std::string out, err;
};

// A folder that is there for one test, holding images.bin: 96 small random pictures in CIFAR-10's
// format.
class WorkFolder {
 public:
  WorkFolder();
  ~WorkFolder();
  WorkFolder(const WorkFolder&) = delete;
  WorkFolder& operator=(const WorkFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

struct StartOptions {
  std::optional<std::string> standard_output;  // file, e.g. /dev/full
  std::optional<std::uint64_t> largest_file;   // bytes; a write beyond fails, as on a full disk
  std::vector<std::string> launcher = {};      // words before the program's
};

// One running `citrine`; killed at the latest by the destructor.
class Program {
 public:
  Program(const std::filesystem::path& folder, const std::vector<std::string>& words,
          const StartOptions& options = {});
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  void send(int signal) const;
  // Reads standard error until `text` has appeared in it; false if the program ended before.
  bool wait_for(const std::string& text);
  Finished wait();
  // SIGKILL after `delay`, unless it ends before.
  Finished kill_after(std::chrono::microseconds delay);

 private:
  Finished reap();

  std::filesystem::path output_;
  pid_t id_ = -1;
  int errors_ = -1;
  std::string err_;
};

Finished run(const std::filesystem::path& folder, const std::vector<std::string>& words,
             const StartOptions& options = {});

// Writes i.h5, an integer network of one small convolution, so that all its faults are soon
// counted.
void make_integer_network(const WorkFolder& folder);

std::string read_bytes(const std::filesystem::path& path);

}  // namespace citrine::testing
