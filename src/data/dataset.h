#pragma once
// Labelled images in memory, and how to find them.
#include <array>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "graph/shape.h"

namespace citrine {

struct ImageSet {
  Shape shape;  // of one image
  int classes = 0;
  std::vector<std::uint8_t> pixels;  // [count, height, width, channels], 0..255
  std::vector<std::uint8_t> labels;
  std::vector<std::uint32_t>
      groups;  // images of one group stay on one side of a split (GTSRB: track); empty: none

  std::int64_t count() const { return static_cast<std::int64_t>(labels.size()); }
  std::span<const std::uint8_t> image(std::int64_t index) const;
};

// The images of `indices`, in that order.
ImageSet select(const ImageSet& set, std::span<const std::uint32_t> indices);

struct Dataset {
  std::string name;  // cifar10, gtsrb, fashion-mnist
  ImageSet train, test;
  // (pixel / 255 - mean) / deviation, per channel; one value for all channels of a gray image.
  std::vector<float> mean, deviation;
  bool may_flip = true;  // a mirrored traffic sign is another sign
};

struct LoadOptions {
  int image_size =
      32;  // GTSRB: crops are resized to this, bilinear with antialiasing; others keep their size
  std::int64_t limit =
      0;  // at most so many images of each part, 0 for all; the first, of GTSRB evenly spaced
};

// By name (looked for under CITRINE_DATA and the usual folders), or a folder or file recognized by
// its content. A single file serves as both parts. Throws Error that names the file and what it
// should hold.
Dataset load_dataset(const std::string& name_or_path, const LoadOptions& options = {});

// Normalized floats of image `index`, [height, width, channels].
void normalize(const Dataset& dataset, std::span<const std::uint8_t> pixels, std::span<float> out);

}  // namespace citrine
