#pragma once
// What is downloaded from where, and how to tell whether it is whole.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace citrine {

struct Archive {
  std::string url;
  std::string file;      // name on disk
  std::string checksum;  // "md5:..." or "sha256:...", as published
};

struct CatalogEntry {
  std::string name;  // cifar10, gtsrb, fashion-mnist
  std::string description;
  std::vector<Archive> archives;  // empty: comes as a Debian package
  std::string package;
};
const std::vector<CatalogEntry>& catalog();
const CatalogEntry& catalog_entry(std::string_view name);  // Error that names the nearest valid one

// Folders searched for a data set, first match wins: CITRINE_DATA, citrine in XDG_CACHE_HOME or
// ~/.cache, /usr/share/datasets.
std::vector<std::filesystem::path> search_folders();

struct CheckedFile {
  std::filesystem::path path;
  std::string problem;  // empty if whole
};
// Every file of the data set: there, of the right size, readable, its labels those expected; where
// it was fetched, with the checksum that it had in its archive.
std::vector<CheckedFile> check_dataset(const std::string& name_or_path);

struct FetchOptions {
  std::filesystem::path folder;
  std::function<void(std::string_view file, std::int64_t done, std::int64_t total)> progress;
};
// Downloads what is missing or damaged (continuing partial files), verifies checksums, unpacks.
// Throws Error with both checksums, or if another process fetches into the folder.
void fetch(const CatalogEntry& entry, const FetchOptions& options);

}  // namespace citrine
