#include "store/descriptor.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "kernels/error.h"

namespace citrine {
namespace {

[[noreturn]] void fail(const char* what, const std::filesystem::path& path, int error) {
  throw Error("cannot ", what, " ", path.string(), ": ", std::generic_category().message(error));
}

void require(bool holds, const char* what, const std::filesystem::path& path) {
  if (!holds) fail(what, path, errno);
}

}  // namespace

Descriptor::Descriptor(const std::filesystem::path& path, int mode)
    : path_(path), descriptor_(::open(path.c_str(), mode | O_CLOEXEC, 0666)) {
  require(descriptor_ >= 0, (mode & O_ACCMODE) == O_RDONLY ? "read" : "write", path);
}

Descriptor::~Descriptor() { ::close(descriptor_); }

std::uint64_t Descriptor::size() const {
  struct stat status {};
  require(::fstat(descriptor_, &status) == 0, "read", path_);
  if (!S_ISREG(status.st_mode)) throw Error("cannot read ", path_.string(), ": not a regular file");
  return static_cast<std::uint64_t>(status.st_size);
}

void Descriptor::write(std::span<const std::byte> bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto written =
        ::pwrite(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (written < 0 && errno == EINTR) continue;
    require(written > 0, "write", path_);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
    offset += static_cast<std::uint64_t>(written);
  }
}

void Descriptor::read(std::span<std::byte> bytes, std::uint64_t offset) const {
  while (!bytes.empty()) {
    const auto got = ::pread(descriptor_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (got < 0 && errno == EINTR) continue;
    require(got >= 0, "read", path_);
    if (got == 0) throw Error("cannot read ", path_.string(), ": it became shorter meanwhile");
    bytes = bytes.subspan(static_cast<std::size_t>(got));
    offset += static_cast<std::uint64_t>(got);
  }
}

void Descriptor::truncate(std::uint64_t size) {
  require(::ftruncate(descriptor_, static_cast<off_t>(size)) == 0, "write", path_);
}

void Descriptor::sync() { require(::fsync(descriptor_) == 0, "write", path_); }

bool Descriptor::try_lock() {
  if (::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return true;
  require(errno == EWOULDBLOCK, "lock", path_);
  return false;
}

bool Descriptor::is_still_there() const {
  struct stat opened {
  }, there{};
  require(::fstat(descriptor_, &opened) == 0, "read", path_);
  return ::stat(path_.c_str(), &there) == 0 && opened.st_dev == there.st_dev &&
         opened.st_ino == there.st_ino;
}

void sync_folder(const std::filesystem::path& folder) {
  Descriptor(folder, O_RDONLY | O_DIRECTORY).sync();
}

std::filesystem::path folder_of(const std::filesystem::path& path) {
  return path.has_parent_path() ? path.parent_path() : ".";
}

}  // namespace citrine
