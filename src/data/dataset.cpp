#include "data/dataset.h"

#include <algorithm>
#include <cassert>

#include "data/cifar.h"
#include "data/fashion_mnist.h"
#include "data/gtsrb.h"
#include "data/locate.h"
#include "kernels/error.h"

namespace citrine {
namespace {

Dataset load(const Location& location, const LoadOptions& options) {
  switch (location.format) {
    case Format::cifar:
      return load_cifar(location.path);
    case Format::fashion_mnist:
      return load_fashion_mnist(location.path);
    case Format::gtsrb:
      return load_gtsrb(location.path, options);
  }
  throw Error(location.path.string(), ": must be of a known format");
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
  Dataset dataset = load(locate(name_or_path), options);
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
