#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

#include "data/catalog.h"
#include "data/checksum.h"
#include "data/download.h"
#include "data/receipt.h"
#include "data/unpack.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// One process at a time fetches into a folder.
class FolderLock {
 public:
  explicit FolderLock(const fs::path& folder)
      : descriptor_(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)) {
    if (descriptor_ < 0) throw Error(folder.string(), ": the folder cannot be opened");
    if (flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
    close(descriptor_);
    throw Error(folder.string(), ": another process fetches into this folder");
  }
  ~FolderLock() { close(descriptor_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  int descriptor_;
};

bool is_whole(const PartFile& file) {
  try {
    file.read();
    return true;
  } catch (const Error&) {
    return false;
  }
}

// All that an earlier call unpacked is still there and as it was.
bool is_unpacked(const fs::path& folder, const Archive& archive) {
  const Receipt receipt = read_receipt(receipt_path(folder, archive.file));
  return receipt.archive_checksum == archive.checksum &&
         std::ranges::all_of(receipt.files, is_whole);
}

void verify_part(const fs::path& part, const std::string& checksum) {
  try {
    verify_checksum(part, checksum);
  } catch (const Error&) {
    fs::remove(part);
    throw;
  }
}

// The whole archive, from an earlier call or the server.
fs::path verified_archive(const fs::path& folder, const Archive& archive,
                          const FetchOptions& options) {
  fs::path file = folder / archive.file;
  if (fs::exists(file)) return verify_part(file, archive.checksum), file;
  fs::path part = file;
  part += ".part";
  download(archive.url, part, [&](std::int64_t done, std::int64_t total) {
    if (options.progress) options.progress(archive.file, done, total);
  });
  verify_part(part, archive.checksum);
  fs::rename(part, file);
  return file;
}

// Two archives may hold the same folder, so folders are joined.
void move_into(const fs::path& from, const fs::path& to) {
  for (const auto& entry : fs::directory_iterator(from)) {
    const fs::path target = to / entry.path().filename();
    if (entry.is_directory() && fs::is_directory(target))
      move_into(entry.path(), target);
    else
      fs::rename(entry.path(), target);
  }
}

void unpack_beside(const fs::path& file, const fs::path& folder, const Archive& archive) {
  const fs::path beside = folder / ("." + archive.file + ".unpacking");
  fs::remove_all(beside);
  fs::create_directories(beside);
  try {
    unpack(file, beside);
    const std::string text = receipt_text(archive.checksum, beside);
    move_into(beside, folder);
    write_receipt(receipt_path(folder, archive.file), text);
  } catch (...) {
    fs::remove_all(beside);
    throw;
  }
  fs::remove_all(beside);
}

void fetch_archive(const fs::path& folder, const Archive& archive, const FetchOptions& options) {
  if (is_unpacked(folder, archive)) return;
  const fs::path file = verified_archive(folder, archive, options);
  unpack_beside(file, folder, archive);
  fs::remove(file);
}

}  // namespace

void fetch(const CatalogEntry& entry, const FetchOptions& options) {
  if (entry.archives.empty())
    throw Error("data set ", entry.name, " is not downloaded: install the Debian package ",
                entry.package);
  if (options.folder.empty())
    throw Error("data set ", entry.name, ": a folder must be given to fetch it into");
  const fs::path folder = options.folder / entry.name;
  fs::create_directories(folder);
  const FolderLock lock(folder);
  for (const Archive& archive : entry.archives) fetch_archive(folder, archive, options);
}

}  // namespace citrine
