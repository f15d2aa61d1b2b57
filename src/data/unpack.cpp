#include "data/unpack.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include <archive.h>
#include <archive_entry.h>

#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;
using Reader = std::unique_ptr<archive, int (*)(archive*)>;

constexpr std::size_t kBlock = std::size_t{1} << 17;
constexpr std::int64_t kMostBytes = std::int64_t{16} << 30;  // against an archive that never ends

[[noreturn]] void fail(archive* reader, const fs::path& path) {
  const char* reason = archive_error_string(reader);
  throw Error(path.string(), ": must be a whole archive, but is not (",
              reason == nullptr ? "unknown" : reason, ")");
}

Reader open_archive(const fs::path& path) {
  Reader reader(archive_read_new(), archive_read_free);
  if (!reader) throw Error(path.string(), ": there must be memory to unpack it");
  archive_read_support_filter_all(reader.get());
  archive_read_support_format_tar(reader.get());
  archive_read_support_format_zip(reader.get());
  if (archive_read_open_filename(reader.get(), path.c_str(), kBlock) != ARCHIVE_OK)
    fail(reader.get(), path);
  return reader;
}

// The entry's name, if it stays in the folder.
fs::path safe_name(archive_entry* entry, const fs::path& path) {
  const char* text = archive_entry_pathname(entry);
  fs::path name = text == nullptr ? "" : text;
  const bool climbs = std::ranges::any_of(name, [](const fs::path& part) { return part == ".."; });
  if (name.empty() || name.is_absolute() || climbs)
    throw Error(path.string(), ": entries must stay in the folder, got '", name.string(), "'");
  const auto kind = archive_entry_filetype(entry);
  const bool is_link =
      archive_entry_hardlink(entry) != nullptr || archive_entry_symlink(entry) != nullptr;
  if (is_link || (kind != AE_IFREG && kind != AE_IFDIR))
    throw Error(path.string(), ": entries must be files or folders, got '", name.string(), "'");
  return name;
}

void write_file(archive* reader, const fs::path& target, const fs::path& path, std::int64_t& left) {
  fs::create_directories(target.parent_path());
  std::ofstream file(target, std::ios::binary | std::ios::trunc);
  std::string block(kBlock, '\0');
  for (;;) {
    const auto got = archive_read_data(reader, block.data(), block.size());
    if (got < 0) fail(reader, path);
    if (got == 0) break;
    left -= got;
    if (left < 0) throw Error(path.string(), ": must unpack to at most ", kMostBytes, " bytes");
    if (!file.write(block.data(), got)) break;
  }
  file.close();
  if (!file) throw Error(target.string(), ": cannot be written, the disk may be full");
}

}  // namespace

void unpack(const fs::path& archive, const fs::path& folder) {
  const Reader reader = open_archive(archive);
  std::int64_t left = kMostBytes;
  archive_entry* entry = nullptr;
  for (;;) {
    const int code = archive_read_next_header(reader.get(), &entry);
    if (code == ARCHIVE_EOF) return;
    if (code != ARCHIVE_OK) fail(reader.get(), archive);
    const fs::path target = folder / safe_name(entry, archive);
    if (archive_entry_filetype(entry) == AE_IFDIR)
      fs::create_directories(target);
    else
      write_file(reader.get(), target, archive, left);
  }
}

}  // namespace citrine
