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

}  // namespace

RunLock::RunLock(const std::filesystem::path& folder) : file_(folder / "lock", O_RDWR | O_CREAT) {
  if (!file_.try_lock()) throw Error(folder.string(), " is in use by ", holder(file_));
  const auto text = std::to_string(::getpid()) + "\n";
  file_.truncate(0);
  file_.write(std::as_bytes(std::span(text)), 0);
  remove_partial_files(folder);
}

RunLock::~RunLock() {
  try {
    file_.truncate(0);
  } catch (const Error&) {
    // The name of a holder that is gone misleads nobody: the lock itself decides.
  }
}

}  // namespace citrine
