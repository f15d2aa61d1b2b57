#pragma once
// A file descriptor that closes itself; every call that fails is an Error that names the file.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>

namespace citrine {

class Descriptor {
 public:
  // `mode` as of open(2); files are created readable and writable as far as the umask allows.
  Descriptor(const std::filesystem::path& path, int mode);
  ~Descriptor();
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  std::uint64_t size() const;
  // All of `bytes`, at `offset`.
  void write(std::span<const std::byte> bytes, std::uint64_t offset);
  // Fills `bytes` from `offset`.
  void read(std::span<std::byte> bytes, std::uint64_t offset) const;
  void truncate(std::uint64_t size);
  void sync();
  // False if another open file holds the lock. It is released when the last copy is closed.
  bool try_lock();
  // False if the file was removed since, or another one is there instead.
  bool is_still_there() const;

 private:
  std::filesystem::path path_;
  int descriptor_;
};

// Makes a rename or a new file in `folder` durable.
void sync_folder(const std::filesystem::path& folder);
// Of the folder that holds `path`; "." for a plain name.
std::filesystem::path folder_of(const std::filesystem::path& path);

}  // namespace citrine
