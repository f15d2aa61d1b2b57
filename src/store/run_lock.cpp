#include "store/run_lock.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "kernels/error.h"
#include "store/atomic_file.h"

namespace citrine {
namespace {

constexpr std::uint64_t kMaxDigits = 20;

// What the holder wrote, e.g. "process 1234".
std::string holder(const Descriptor& file) {
  std::string text(std::min(file.size(), kMaxDigits), ' ');
  file.read(std::as_writable_bytes(std::span(text)), 0);
  text.erase(std::ranges::find_if_not(text, [](char c) { return c >= '0' && c <= '9'; }),
             text.end());
  return text.empty() ? "another process" : "process " + text;
}

// Throws Error that names `what` and its holder if that is another process.
void hold(Descriptor& file, const std::filesystem::path& what) {
  if (!file.try_lock()) throw Error(what.string(), " is in use by ", holder(file));
  const auto text = std::to_string(::getpid()) + "\n";
  file.truncate(0);
  file.write(std::as_bytes(std::span(text)), 0);
}

std::filesystem::path lock_path(std::filesystem::path result) { return result += ".lock"; }

}  // namespace

RunLock::RunLock(const std::filesystem::path& folder) : file_(folder / "lock", O_RDWR | O_CREAT) {
  hold(file_, folder);
  remove_partial_files(folder);
}

RunLock::~RunLock() {
  try {
    file_.truncate(0);
  } catch (const Error&) {
    // The name of a holder that is gone misleads nobody: the lock itself decides.
  }
}

ResultLock::ResultLock(const std::filesystem::path& result) : path_(lock_path(result)) {
  // Who opened the file before its holder removed it gets the lock of a file that nobody sees.
  do {
    file_.emplace(path_, O_RDWR | O_CREAT);
    hold(*file_, result);
  } while (!file_->is_still_there());
}

// Removed before the lock is released.
ResultLock::~ResultLock() {
  std::error_code ignored;
  std::filesystem::remove(path_, ignored);
}

}  // namespace citrine
