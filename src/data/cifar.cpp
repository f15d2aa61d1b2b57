#include "data/cifar.h"

#include <algorithm>

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
    throw Error(file, ": must hold records of ", kRecord, " bytes, but has ", size, " bytes");
}

void append(ImageSet part, ImageSet& set) {
  set.pixels.insert(set.pixels.end(), part.pixels.begin(), part.pixels.end());
  set.labels.insert(set.labels.end(), part.labels.begin(), part.labels.end());
}

ImageSet official_file(const std::filesystem::path& path) {
  ImageSet set = parse_cifar(file_bytes(path, kMostRecords * kRecord), path.string());
  if (set.labels.size() != kFileRecords)
    throw Error(path.string(), ": must hold ", kFileRecords, " images, but has ", set.count());
  return set;
}

// "The test batch contains exactly 1000 randomly-selected images from each class", as no training
// batch does.
void check_test_batch(const ImageSet& set, const std::filesystem::path& path) {
  for (int label = 0; label < kClasses; ++label) {
    const auto count = std::ranges::count(set.labels, static_cast<std::uint8_t>(label));
    if (count != kFileRecords / kClasses)
      throw Error(path.string(), ": the test batch must hold ", kFileRecords / kClasses,
                  " images of class ", label, ", but holds ", count,
                  "; it may be a training batch");
  }
}

ImageSet test_file(const std::filesystem::path& path) {
  ImageSet set = official_file(path);
  check_test_batch(set, path);
  return set;
}

ImageSet training_files(const std::filesystem::path& folder) {
  ImageSet set = official_file(folder / "data_batch_1.bin");
  set.pixels.reserve(5 * set.pixels.size());
  for (int i = 2; i <= 5; ++i)
    append(official_file(folder / ("data_batch_" + std::to_string(i) + ".bin")), set);
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

bool is_cifar_file(const std::filesystem::path& path) {
  const auto size = std::filesystem::file_size(path);
  if (size == 0 || size % kRecord != 0 || size > kMostRecords * kRecord) return false;
  const auto bytes = file_bytes(path, kMostRecords * kRecord);
  for (std::size_t start = 0; start < bytes.size(); start += kRecord)
    if (bytes[start] >= kClasses) return false;
  return !bytes.empty() && bytes.size() % kRecord == 0;
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
    dataset.test = test_file(path / "test_batch.bin");
    return dataset;
  }
  dataset.train = parse_cifar(file_bytes(path, kMostRecords * kRecord), path.string());
  dataset.test = dataset.train;
  return dataset;
}

std::vector<PartFile> cifar_files(const std::filesystem::path& path) {
  if (!std::filesystem::is_directory(path)) return {{path, [path] { load_cifar(path); }}};
  std::vector<PartFile> files;
  for (int i = 1; i <= 5; ++i) {
    const auto file = path / ("data_batch_" + std::to_string(i) + ".bin");
    files.push_back({file, [file] { official_file(file); }});
  }
  const auto file = path / "test_batch.bin";
  files.push_back({file, [file] { test_file(file); }});
  return files;
}

}  // namespace citrine
