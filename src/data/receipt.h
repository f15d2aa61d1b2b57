#pragma once
// What an archive left in a folder: a file that lists each unpacked file with its checksum.
#include <filesystem>
#include <string>
#include <vector>

#include "data/part_file.h"

namespace citrine {

struct Receipt {
  std::string archive_checksum;
  std::vector<PartFile> files;  // read() throws Error unless the file is as it was unpacked
};

// The text of a receipt for the files below `unpacked`, which are to be moved.
std::string receipt_text(const std::string& archive_checksum,
                         const std::filesystem::path& unpacked);
// Written beside and renamed.
void write_receipt(const std::filesystem::path& path, const std::string& text);
// Empty if there is none. The files lie below the receipt's folder.
Receipt read_receipt(const std::filesystem::path& path);

// ".<archive>.unpacked" in `folder`, and all that are there, in order.
std::filesystem::path receipt_path(const std::filesystem::path& folder, const std::string& archive);
std::vector<std::filesystem::path> receipts_in(const std::filesystem::path& folder);

}  // namespace citrine
