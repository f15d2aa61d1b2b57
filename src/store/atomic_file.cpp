#include "store/atomic_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <optional>
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

struct PartialName {
  std::string_view target;
  pid_t process;
};

// Of ".<target>.<process>.partial".
std::optional<PartialName> parse_partial(std::string_view name) {
  if (!name.starts_with('.') || !name.ends_with(kPartialEnd)) return std::nullopt;
  name = name.substr(1, name.size() - 1 - kPartialEnd.size());
  const auto dot = name.rfind('.');
  if (dot == 0 || dot == std::string_view::npos) return std::nullopt;
  const auto digits = name.substr(dot + 1);
  PartialName found{.target = name.substr(0, dot), .process = 0};
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), found.process);
  if (error != std::errc() || end != digits.data() + digits.size()) return std::nullopt;
  return found;
}

// What processes that are gone left half written of `path`.
void remove_leftovers(const fs::path& path) {
  std::error_code ignored;
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(folder_of(path), ignored)) {
    const auto name = entry.path().filename().string();
    const auto partial = parse_partial(name);
    if (partial && partial->target == path.filename().string() &&
        ::kill(partial->process, 0) != 0 && errno == ESRCH)
      leftovers.push_back(entry.path());
  }
  for (const auto& leftover : leftovers) fs::remove(leftover, ignored);
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
  remove_leftovers(path);
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
    if (entry.is_regular_file() && parse_partial(entry.path().filename().string()))
      partial.push_back(entry.path());
  for (const auto& path : partial) fs::remove(path);
}

}  // namespace citrine
