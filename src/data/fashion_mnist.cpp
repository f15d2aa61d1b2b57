#include "data/fashion_mnist.h"

#include <algorithm>
#include <string>

#include "data/checksum.h"
#include "data/file_bytes.h"
#include "data/idx.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kClasses = 10;
constexpr std::uint32_t kSide = 28, kTraining = 60000, kTest = 10000;
constexpr std::size_t kMostBytes = std::size_t{kTraining} * kSide * kSide + 16;

// A file of the Debian package 0.0~git20200523.55506a9, unpacked.
struct OfficialFile {
  const char* name;
  std::vector<std::uint32_t> extents;
  std::size_t bytes;
  const char* checksum;
};

const std::vector<OfficialFile>& official_files() {
  static const std::vector<OfficialFile> files = {
      {"train-images-idx3-ubyte",
       {kTraining, kSide, kSide},
       47040016,
       "sha256:c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888"},
      {"train-labels-idx1-ubyte",
       {kTraining},
       60008,
       "sha256:bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9"},
      {"t10k-images-idx3-ubyte",
       {kTest, kSide, kSide},
       7840016,
       "sha256:5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b"},
      {"t10k-labels-idx1-ubyte",
       {kTest},
       10008,
       "sha256:0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34"}};
  return files;
}

std::filesystem::path plain_or_gzip(const std::filesystem::path& folder, const std::string& name) {
  const auto packed = folder / (name + ".gz");
  return std::filesystem::exists(packed) ? packed : folder / name;
}

std::string extents_text(const std::vector<std::uint32_t>& extents) {
  std::string text = std::to_string(extents[0]);
  if (extents.size() == 1) return text + " labels";
  return text + " images of " + std::to_string(extents[1]) + "x" + std::to_string(extents[2]);
}

std::vector<std::uint8_t> checked_values(const std::filesystem::path& path,
                                         const OfficialFile& file) {
  const auto bytes = file_bytes(path, kMostBytes);
  const IdxArray array = parse_idx(bytes, file.extents.size(), path.string());
  if (array.extents != file.extents)
    throw Error(path.string(), ": must hold ", extents_text(file.extents), ", but holds ",
                extents_text(array.extents));
  const auto found = checksum(bytes);
  if (found != file.checksum)
    throw Error(path.string(), ": must be whole, but its content has checksum ", found);
  return {array.values.begin(), array.values.end()};
}

// Whatever is wrong, the message says how to tell the right file.
std::vector<std::uint8_t> read_values(const std::filesystem::path& folder,
                                      const OfficialFile& file) {
  try {
    return checked_values(plain_or_gzip(folder, file.name), file);
  } catch (const Error& error) {
    throw Error(error.what(), "; unpacked, ", file.name, " has ", file.bytes,
                " bytes and checksum ", file.checksum);
  }
}

ImageSet read_part(const std::filesystem::path& folder, const OfficialFile& images,
                   const OfficialFile& labels) {
  ImageSet set;
  set.shape = {kSide, kSide, 1};
  set.classes = kClasses;
  set.pixels = read_values(folder, images);
  set.labels = read_values(folder, labels);
  return set;
}

}  // namespace

bool is_fashion_mnist_folder(const std::filesystem::path& folder) {
  return std::ranges::any_of(official_files(), [&](const OfficialFile& file) {
    return std::filesystem::exists(plain_or_gzip(folder, file.name));
  });
}

Dataset load_fashion_mnist(const std::filesystem::path& folder) {
  const auto& files = official_files();
  Dataset dataset;
  dataset.name = "fashion-mnist";
  dataset.train = read_part(folder, files[0], files[1]);
  dataset.test = read_part(folder, files[2], files[3]);
  // Mean and standard deviation of all training pixels, computed from the files.
  dataset.mean = {.2860F};
  dataset.deviation = {.3530F};
  return dataset;
}

std::vector<PartFile> fashion_mnist_files(const std::filesystem::path& folder) {
  std::vector<PartFile> files;
  files.reserve(official_files().size());
  for (const OfficialFile& file : official_files())
    files.push_back({plain_or_gzip(folder, file.name), [=] { read_values(folder, file); }});
  return files;
}

}  // namespace citrine
