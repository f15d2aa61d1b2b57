// Reader of row logs: raw bytes, and a valid header with fuzzed blocks behind it.
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "../store/samples.h"
#include "kernels/error.h"

namespace {

namespace fs = std::filesystem;

// In memory where the machine has such a folder; removed at the end.
class Scratch {
 public:
  Scratch()
      : path_((fs::exists("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) /
              ("row_log_fuzz." + std::to_string(::getpid()))) {}
  ~Scratch() { fs::remove(path_); }
  const fs::path& path() const { return path_; }
  void put(const std::string& bytes) const { std::ofstream(path_, std::ios::binary) << bytes; }
  std::string bytes() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  fs::path path_;
};

// A header and two blocks.
std::string valid_log(const Scratch& scratch, const citrine::RowLogBinding& binding) {
  const auto result = citrine::testing::sample_campaign().result;
  fs::remove(scratch.path());
  citrine::RowLog log(scratch.path(), binding);
  log.append(result.rows);
  log.append(result.curve);
  return scratch.bytes();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Scratch scratch;
  static const citrine::RowLogBinding binding{.network_fingerprint = "0", .settings = {{"a", 1}}};
  static const auto valid = valid_log(scratch, binding);
  if (size < 2) return 0;
  // The first bytes say how much of a valid log comes before the fuzzed bytes.
  const auto kept = (std::size_t{bytes[0]} << 8 | bytes[1]) % (valid.size() + 1);
  scratch.put(valid.substr(0, kept) + std::string(bytes + 2, bytes + size));
  try {
    citrine::RowLog(scratch.path(), binding);
    const auto once = scratch.bytes();
    citrine::RowLog(scratch.path(), binding);
    if (scratch.bytes() != once) std::abort();
  } catch (const citrine::Error&) {
    // Refused in one sentence, as it should be.
  }
  return 0;
}
