#include "data/fashion_mnist.h"

#include <string>

#include "data/file_bytes.h"
#include "data/idx.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kClasses = 10, kSide = 28;
constexpr std::int64_t kTraining = 60000, kTest = 10000;
constexpr std::size_t kMostBytes = std::size_t{70000} * kSide * kSide + 16;

std::filesystem::path plain_or_gzip(const std::filesystem::path& folder, const std::string& name) {
  const auto packed = folder / (name + ".gz");
  return std::filesystem::exists(packed) ? packed : folder / name;
}

void read_images(const std::filesystem::path& path, std::int64_t count, ImageSet& set) {
  const auto bytes = file_bytes(path, kMostBytes);
  const IdxArray images = parse_idx(bytes, 3, path.string());
  if (images.extents[0] != count || images.extents[1] != kSide || images.extents[2] != kSide)
    throw Error(path.string(), ": must hold ", count, " images of 28x28, but holds ",
                images.extents[0], " of ", images.extents[1], "x", images.extents[2]);
  set.pixels.assign(images.values.begin(), images.values.end());
}

void read_labels(const std::filesystem::path& path, std::int64_t count, ImageSet& set) {
  const auto bytes = file_bytes(path, kMostBytes);
  const IdxArray labels = parse_idx(bytes, 1, path.string());
  if (labels.extents[0] != count)
    throw Error(path.string(), ": must hold ", count, " labels, but holds ", labels.extents[0]);
  for (const std::uint8_t label : labels.values)
    if (label >= kClasses)
      throw Error(path.string(), ": labels must be below ", kClasses, ", but one is ", int{label});
  set.labels.assign(labels.values.begin(), labels.values.end());
}

ImageSet read_part(const std::filesystem::path& folder, const std::string& part,
                   std::int64_t count) {
  ImageSet set;
  set.shape = {kSide, kSide, 1};
  set.classes = kClasses;
  read_images(plain_or_gzip(folder, part + "-images-idx3-ubyte"), count, set);
  read_labels(plain_or_gzip(folder, part + "-labels-idx1-ubyte"), count, set);
  return set;
}

}  // namespace

bool is_fashion_mnist_folder(const std::filesystem::path& folder) {
  for (const char* part : {"train", "t10k"})
    if (std::filesystem::exists(plain_or_gzip(folder, std::string(part) + "-images-idx3-ubyte")))
      return true;
  return false;
}

Dataset load_fashion_mnist(const std::filesystem::path& folder) {
  Dataset dataset;
  dataset.name = "fashion-mnist";
  dataset.train = read_part(folder, "train", kTraining);
  dataset.test = read_part(folder, "t10k", kTest);
  // Mean and standard deviation of all training pixels, computed from the files.
  dataset.mean = {.2860F};
  dataset.deviation = {.3530F};
  return dataset;
}

std::vector<PartFile> fashion_mnist_files(const std::filesystem::path& folder) {
  std::vector<PartFile> files;
  for (const auto& [part, count] : {std::pair{"train", kTraining}, {"t10k", kTest}}) {
    const auto images = plain_or_gzip(folder, std::string(part) + "-images-idx3-ubyte");
    const auto labels = plain_or_gzip(folder, std::string(part) + "-labels-idx1-ubyte");
    files.push_back({images, [=, n = count] {
                       ImageSet set;
                       read_images(images, n, set);
                     }});
    files.push_back({labels, [=, n = count] {
                       ImageSet set;
                       read_labels(labels, n, set);
                     }});
  }
  return files;
}

}  // namespace citrine
