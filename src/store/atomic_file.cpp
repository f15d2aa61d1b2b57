#include "store/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <system_error>

#include "kernels/error.h"
#include "store/descriptor.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kPartialEnd = ".partial";

fs::path partial_path(const fs::path& path) {
  const auto name =
      "." + path.filename().string() + "." + std::to_string(::getpid()) + std::string(kPartialEnd);
  return folder_of(path) / name;
}

// ".<name>.<process>.partial"
bool is_partial(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kPartialEnd)) return false;
  name.remove_suffix(kPartialEnd.size());
  const auto digits = name.substr(name.rfind('.') + 1);
  return digits.size() + 2 < name.size() && !digits.empty() &&
         std::ranges::all_of(digits, [](unsigned char digit) { return std::isdigit(digit) != 0; });
}

void check_target(const fs::path& path) {
  if (!path.has_filename()) throw Error("cannot write '", path.string(), "': no file name");
  std::error_code ignored;
  const auto status = fs::status(path, ignored);
  if (fs::exists(status) && !fs::is_regular_file(status))
    throw Error("cannot write ", path.string(), ": not a regular file");
}

// Removes the file beside unless it was renamed.
class Partial {
 public:
  explicit Partial(const fs::path& path) : path_(path), partial_(partial_path(path)) {}
  ~Partial() {
    std::error_code ignored;
    if (!is_renamed_) fs::remove(partial_, ignored);
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;

  const fs::path& path() const { return partial_; }
  void rename() {
    std::error_code error;
    fs::rename(partial_, path_, error);
    if (error) throw Error("cannot write ", path_.string(), ": ", error.message());
    is_renamed_ = true;
  }

 private:
  fs::path path_, partial_;
  bool is_renamed_ = false;
};

}  // namespace

void write_atomically(const fs::path& path, const std::function<void(const fs::path&)>& write) {
  check_target(path);
  Partial partial(path);
  write(partial.path());
  Descriptor(partial.path(), O_WRONLY).sync();
  partial.rename();
  sync_folder(folder_of(path));
}

void write_bytes(const fs::path& path, std::span<const std::byte> bytes) {
  write_atomically(path, [&](const fs::path& partial) {
    Descriptor(partial, O_WRONLY | O_CREAT | O_TRUNC).write(bytes, 0);
  });
}

void write_text(const fs::path& path, std::string_view text) {
  write_bytes(path, std::as_bytes(std::span(text)));
}

std::vector<std::byte> read_bytes(const fs::path& path, std::uint64_t max_bytes) {
  const Descriptor file(path, O_RDONLY);
  const auto size = file.size();
  if (size > max_bytes)
    throw Error("cannot read ", path.string(), ": must have at most ", max_bytes, " bytes, got ",
                size);
  std::vector<std::byte> bytes(size);
  file.read(bytes, 0);
  return bytes;
}

std::string read_text(const fs::path& path, std::uint64_t max_bytes) {
  const auto bytes = read_bytes(path, max_bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void remove_partial_files(const fs::path& folder) {
  std::vector<fs::path> partial;
  for (const auto& entry : fs::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && is_partial(entry.path().filename().string()))
      partial.push_back(entry.path());
  for (const auto& path : partial) fs::remove(path);
}

}  // namespace citrine
