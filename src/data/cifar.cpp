#include "data/cifar.h"

#include <algorithm>
#include <array>

#include "data/file_bytes.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::size_t kPlane = 32 * 32, kRecord = 1 + 3 * kPlane;
constexpr std::size_t kFileRecords = 10000, kMostRecords = 60000;
constexpr int kClasses = 10;

void append_record(std::span<const std::uint8_t> record, ImageSet& set) {
  set.labels.push_back(record[0]);
  for (std::size_t i = 1; i <= kPlane; ++i)
    for (std::size_t c = 0; c < 3; ++c) set.pixels.push_back(record[c * kPlane + i]);
}

void check_size(std::size_t size, const std::string& file) {
  if (size == 0 || size % kRecord != 0)
    throw Error(file, ": must hold CIFAR-10 records of ", kRecord, " bytes, but has ", size,
                " bytes");
}

void append(const ImageSet& part, ImageSet& set) {
  set.pixels.insert(set.pixels.end(), part.pixels.begin(), part.pixels.end());
  set.labels.insert(set.labels.end(), part.labels.begin(), part.labels.end());
}

struct OfficialFile {
  const char* name;
  std::array<int, kClasses> images;  // of each class; no two files have the same
};
constexpr std::array<OfficialFile, 6> kOfficialFiles = {
    {{"data_batch_1.bin", {1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981}},
     {"data_batch_2.bin", {984, 1007, 1010, 995, 1010, 988, 1008, 1026, 987, 985}},
     {"data_batch_3.bin", {994, 1042, 965, 997, 990, 1029, 978, 1015, 961, 1029}},
     {"data_batch_4.bin", {1003, 963, 1041, 976, 1004, 1021, 1004, 981, 1024, 983}},
     {"data_batch_5.bin", {1014, 1014, 952, 1016, 997, 1025, 980, 977, 1003, 1022}},
     {"test_batch.bin", {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}}}};

std::array<int, kClasses> count_classes(const ImageSet& set) {
  std::array<int, kClasses> counts{};
  for (const std::uint8_t label : set.labels) ++counts.at(label);
  return counts;
}

// A file in another's place has the right size, but not the right labels.
void check_labels(const ImageSet& set, const OfficialFile& file, const std::string& path) {
  const auto counts = count_classes(set);
  const auto [wanted, got] = std::ranges::mismatch(file.images, counts);
  if (wanted == file.images.end()) return;
  const auto other = std::ranges::find(kOfficialFiles, counts, &OfficialFile::images);
  throw Error(
      path, ": must hold ", *wanted, " images of class ", wanted - file.images.begin(),
      ", but holds ", *got,
      other == kOfficialFiles.end() ? std::string() : std::string("; it is ") + other->name);
}

ImageSet official_file(const std::filesystem::path& folder, const OfficialFile& file) {
  const auto path = folder / file.name;
  if (!std::filesystem::exists(path))
    throw Error(path.string(), ": a file of ", kFileRecords * kRecord, " bytes must be here");
  const auto bytes = file_bytes(path, kMostRecords * kRecord);
  if (bytes.size() != kFileRecords * kRecord)
    throw Error(path.string(), ": must have ", kFileRecords * kRecord, " bytes, but has ",
                bytes.size());
  ImageSet set = parse_cifar(bytes, path.string());
  check_labels(set, file, path.string());
  return set;
}

ImageSet training_files(const std::filesystem::path& folder) {
  ImageSet set = official_file(folder, kOfficialFiles.front());
  set.pixels.reserve(5 * set.pixels.size());
  for (std::size_t i = 1; i < 5; ++i) append(official_file(folder, kOfficialFiles.at(i)), set);
  return set;
}

}  // namespace

ImageSet parse_cifar(std::span<const std::uint8_t> bytes, const std::string& file) {
  check_size(bytes.size(), file);
  ImageSet set{.shape = {32, 32, 3}, .classes = kClasses, .pixels = {}, .labels = {}, .groups = {}};
  set.pixels.reserve(bytes.size() / kRecord * 3 * kPlane);
  for (std::size_t start = 0; start < bytes.size(); start += kRecord) {
    if (bytes[start] >= kClasses)
      throw Error(file, ": labels must be below ", kClasses, ", but image ", start / kRecord,
                  " has ", int{bytes[start]});
    append_record(bytes.subspan(start, kRecord), set);
  }
  return set;
}

bool is_cifar_folder(const std::filesystem::path& folder) {
  return std::filesystem::exists(folder / "data_batch_1.bin") ||
         std::filesystem::exists(folder / "test_batch.bin");
}

Dataset load_cifar(const std::filesystem::path& path) {
  Dataset dataset;
  dataset.name = "cifar10";
  // The constants of torchvision's ImageNet models, which the published CIFAR ResNet-20 weights
  // were trained with.
  dataset.mean = {.485F, .456F, .406F};
  dataset.deviation = {.229F, .224F, .225F};
  if (std::filesystem::is_directory(path)) {
    dataset.train = training_files(path);
    dataset.test = official_file(path, kOfficialFiles.back());
    return dataset;
  }
  dataset.train = parse_cifar(file_bytes(path, kMostRecords * kRecord), path.string());
  dataset.test = dataset.train;
  return dataset;
}

std::vector<PartFile> cifar_files(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {{path, [path] { load_cifar(path); }}};
  std::vector<PartFile> files;
  files.reserve(kOfficialFiles.size());
  for (const OfficialFile& file : kOfficialFiles)
    files.push_back({path / file.name, [path, &file] { official_file(path, file); }});
  return files;
}

}  // namespace citrine
