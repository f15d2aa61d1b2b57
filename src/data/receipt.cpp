#include "data/receipt.h"

#include <algorithm>
#include <fstream>

#include "data/checksum.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnd = ".unpacked";

}  // namespace

std::string receipt_text(const std::string& archive_checksum, const fs::path& unpacked) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(unpacked))
    if (entry.is_regular_file()) files.push_back(entry.path());
  std::ranges::sort(files);
  std::string text = archive_checksum + "\n";
  for (const fs::path& file : files)
    text += checksum(file, "sha256") + " " + file.lexically_relative(unpacked).string() + "\n";
  return text;
}

void write_receipt(const fs::path& path, const std::string& text) {
  fs::path part = path;
  part += ".part";
  std::ofstream file(part, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (!file) throw Error(part.string(), ": cannot be written, the disk may be full");
  fs::rename(part, path);
}

Receipt read_receipt(const fs::path& path) {
  std::ifstream lines(path, std::ios::binary);
  Receipt receipt;
  std::getline(lines, receipt.archive_checksum);
  for (std::string expected, name; lines >> expected && std::getline(lines.ignore(), name);) {
    const fs::path file = path.parent_path() / name;
    receipt.files.push_back({file, [file, expected] { verify_checksum(file, expected); }});
  }
  return receipt;
}

fs::path receipt_path(const fs::path& folder, const std::string& archive) {
  return folder / ("." + archive + std::string(kEnd));
}

std::vector<fs::path> receipts_in(const fs::path& folder) {
  std::vector<fs::path> receipts;
  if (!fs::is_directory(folder)) return receipts;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto name = entry.path().filename().string();
    if (name.starts_with('.') && name.ends_with(kEnd)) receipts.push_back(entry.path());
  }
  std::ranges::sort(receipts);
  return receipts;
}

}  // namespace citrine
