#include <fstream>

#include "data/catalog.h"
#include "data/checksum.h"
#include "data/download.h"
#include "data/unpack.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Written after an archive is unpacked, so that it is not fetched again.
fs::path mark_of(const fs::path& folder, const Archive& archive) {
  return folder / ("." + archive.file + ".unpacked");
}

bool is_unpacked(const fs::path& folder, const Archive& archive) {
  std::ifstream mark(mark_of(folder, archive));
  std::string checksum;
  return std::getline(mark, checksum) && checksum == archive.checksum;
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

void unpack_beside(const fs::path& file, const fs::path& folder) {
  const fs::path beside = folder / ("." + file.filename().string() + ".unpacking");
  fs::remove_all(beside);
  fs::create_directories(beside);
  try {
    unpack(file, beside);
    move_into(beside, folder);
  } catch (...) {
    fs::remove_all(beside);
    throw;
  }
  fs::remove_all(beside);
}

void fetch_archive(const fs::path& folder, const Archive& archive, const FetchOptions& options) {
  if (is_unpacked(folder, archive)) return;
  const fs::path file = verified_archive(folder, archive, options);
  unpack_beside(file, folder);
  std::ofstream(mark_of(folder, archive)) << archive.checksum << '\n';
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
  for (const Archive& archive : entry.archives) fetch_archive(folder, archive, options);
}

}  // namespace citrine
