#include "data/dataset.h"

#include <algorithm>
#include <cassert>
#include <cstdlib>

#include "data/cifar.h"
#include "data/fashion_mnist.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

struct Known {
  std::string_view name;
  std::vector<std::string> folders;  // below a search folder
};

const std::vector<Known>& known_datasets() {
  static const std::vector<Known> all = {
      {"cifar10", {"cifar-10-batches-bin", "cifar10", "cifar10/cifar-10-batches-bin"}},
      {"fashion-mnist", {"fashion-mnist", "FashionMNIST/raw"}}};
  return all;
}

std::vector<fs::path> roots() {
  std::vector<fs::path> found;
  if (const char* folder = std::getenv("CITRINE_DATA")) found.emplace_back(folder);
  if (const char* home = std::getenv("HOME")) found.push_back(fs::path(home) / ".cache/citrine");
  found.emplace_back("/usr/share/datasets");
  return found;
}

bool is_dataset_folder(const fs::path& folder) {
  return is_cifar_folder(folder) || is_fashion_mnist_folder(folder);
}

fs::path folder_of(const Known& known) {
  for (const fs::path& root : roots())
    for (const std::string& below : known.folders)
      if (is_dataset_folder(root / below)) return root / below;
  throw Error("data set ", known.name,
              ": not found under CITRINE_DATA, ~/.cache/citrine or /usr/share/datasets");
}

fs::path resolve(const std::string& name_or_path) {
  std::vector<std::string_view> names;
  for (const Known& known : known_datasets()) {
    if (known.name == name_or_path) return folder_of(known);
    names.push_back(known.name);
  }
  if (fs::exists(name_or_path)) return name_or_path;
  if (name_or_path.find('/') != std::string::npos)
    throw Error(name_or_path, ": a data set must be here");
  throw Error(unknown_name("data set", name_or_path, names));
}

Dataset load_path(const fs::path& path) {
  if (fs::is_directory(path)) {
    if (is_cifar_folder(path)) return load_cifar(path);
    if (is_fashion_mnist_folder(path)) return load_fashion_mnist(path);
    throw Error(path.string(), ": must hold CIFAR-10 batches or Fashion-MNIST idx files");
  }
  if (is_cifar_file(path)) return load_cifar(path);
  throw Error(path.string(), ": must be CIFAR-10 records of 3073 bytes with labels below 10");
}

void shorten(ImageSet& set, std::int64_t limit) {
  if (limit == 0 || set.count() <= limit) return;
  set.labels.resize(static_cast<std::size_t>(limit));
  set.pixels.resize(static_cast<std::size_t>(limit * set.shape.elements()));
  if (!set.groups.empty()) set.groups.resize(static_cast<std::size_t>(limit));
}

}  // namespace

std::span<const std::uint8_t> ImageSet::image(std::int64_t index) const {
  assert(index >= 0 && index < count());
  const auto size = static_cast<std::size_t>(shape.elements());
  return std::span(pixels).subspan(static_cast<std::size_t>(index) * size, size);
}

ImageSet select(const ImageSet& set, std::span<const std::uint32_t> indices) {
  ImageSet chosen;
  chosen.shape = set.shape;
  chosen.classes = set.classes;
  chosen.pixels.reserve(indices.size() * static_cast<std::size_t>(set.shape.elements()));
  for (const std::uint32_t index : indices) {
    if (index >= set.labels.size())
      throw Error("image index must be below ", set.count(), ", got ", index);
    const auto image = set.image(index);
    chosen.pixels.insert(chosen.pixels.end(), image.begin(), image.end());
    chosen.labels.push_back(set.labels[index]);
    if (!set.groups.empty()) chosen.groups.push_back(set.groups[index]);
  }
  return chosen;
}

Dataset load_dataset(const std::string& name_or_path, const LoadOptions& options) {
  if (options.limit < 0) throw Error("limit of images must be at least 0, got ", options.limit);
  Dataset dataset = load_path(resolve(name_or_path));
  shorten(dataset.train, options.limit);
  shorten(dataset.test, options.limit);
  return dataset;
}

void normalize(const Dataset& dataset, std::span<const std::uint8_t> pixels, std::span<float> out) {
  if (pixels.size() != out.size())
    throw Error("normalized image must have ", pixels.size(), " values, got room for ", out.size());
  const std::size_t channels = dataset.mean.size();
  for (std::size_t i = 0; i < pixels.size(); ++i) {
    const std::size_t c = i % channels;
    out[i] = (static_cast<float>(pixels[i]) / 255.0F - dataset.mean[c]) / dataset.deviation[c];
  }
}

}  // namespace citrine
