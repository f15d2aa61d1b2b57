#include "data/augment.h"

#include <algorithm>
#include <array>
#include <vector>

#include <boost/math/distributions/beta.hpp>

#include "kernels/error.h"

namespace citrine {
namespace {

using Table = std::array<float, 256>;  // normalized value of each pixel value

struct Draw {
  int down = 0, right = 0;  // shift of the window against the image
  bool flipped = false;
  int cut_top = 0, cut_bottom = 0, cut_left = 0, cut_right = 0;  // half-open, of the result
};

int below(Key key, std::uint64_t index, int bound) {
  return static_cast<int>(uniform_below(key, index, static_cast<std::uint64_t>(bound)));
}

Draw draw(const Augmentation& augmentation, const Shape& shape, bool may_flip, Key key) {
  Draw drawn;
  drawn.down = below(key, 0, 2 * augmentation.crop_padding + 1) - augmentation.crop_padding;
  drawn.right = below(key, 1, 2 * augmentation.crop_padding + 1) - augmentation.crop_padding;
  drawn.flipped = augmentation.flip && may_flip && below(key, 2, 2) == 1;
  if (augmentation.cutout == 0) return drawn;
  // The centre lies anywhere in the image, so the square may be clipped (DeVries and Taylor 2017).
  drawn.cut_top = below(key, 3, shape.height) - augmentation.cutout / 2;
  drawn.cut_left = below(key, 4, shape.width) - augmentation.cutout / 2;
  drawn.cut_bottom = std::min(drawn.cut_top + augmentation.cutout, shape.height);
  drawn.cut_right = std::min(drawn.cut_left + augmentation.cutout, shape.width);
  drawn.cut_top = std::max(drawn.cut_top, 0);
  drawn.cut_left = std::max(drawn.cut_left, 0);
  return drawn;
}

std::vector<Table> tables(const Dataset& dataset) {
  std::vector<Table> all(dataset.mean.size());
  for (std::size_t c = 0; c < all.size(); ++c)
    for (std::size_t v = 0; v < 256; ++v)
      all[c][v] = (static_cast<float>(v) / 255.0F - dataset.mean[c]) / dataset.deviation[c];
  return all;
}

void cut(const Draw& drawn, const Shape& shape, float* out) {
  for (int y = drawn.cut_top; y < drawn.cut_bottom; ++y) {
    float* row = out + std::ptrdiff_t{y} * shape.width * shape.channels;
    std::fill(row + drawn.cut_left * shape.channels, row + drawn.cut_right * shape.channels, 0.0F);
  }
}

// The border is black before normalization, as in the usual training recipes.
void write_image(std::span<const std::uint8_t> pixels, const Shape& shape, const Draw& drawn,
                 std::span<const Table> table, float* out) {
  const int channels = shape.channels;
  for (int y = 0; y < shape.height; ++y)
    for (int x = 0; x < shape.width; ++x, out += channels) {
      const int from_y = y + drawn.down,
                from_x = (drawn.flipped ? shape.width - 1 - x : x) + drawn.right;
      const bool inside =
          from_y >= 0 && from_y < shape.height && from_x >= 0 && from_x < shape.width;
      const auto start =
          static_cast<std::size_t>(inside ? (from_y * shape.width + from_x) * channels : 0);
      for (int c = 0; c < channels; ++c) {
        const std::uint8_t value =
            inside ? pixels[start + static_cast<std::size_t>(c)] : std::uint8_t{0};
        out[c] = table[static_cast<std::size_t>(c)][value];
      }
    }
}

void check(const Dataset& dataset, const ImageSet& set, std::size_t images,
           const Augmentation& augmentation, std::size_t room) {
  if (augmentation.crop_padding < 0 || augmentation.cutout < 0)
    throw Error("crop padding and cutout must be at least 0, got ", augmentation.crop_padding,
                " and ", augmentation.cutout);
  const auto channels = static_cast<std::size_t>(set.shape.channels);
  if (dataset.mean.size() != channels || dataset.deviation.size() != channels)
    throw Error(dataset.name, ": mean and deviation must be given for ", channels, " channels");
  if (room != images * static_cast<std::size_t>(set.shape.elements()))
    throw Error("augmented batch must have room for ", images, " images of ", set.shape.elements(),
                " values, got ", room);
}

}  // namespace

void augment(const Dataset& dataset, const ImageSet& set, std::span<const std::uint32_t> indices,
             const Augmentation& augmentation, Key key, std::span<float> out) {
  check(dataset, set, indices.size(), augmentation, out.size());
  const std::vector<Table> table = tables(dataset);
  float* next = out.data();
  for (const std::uint32_t index : indices) {
    if (index >= set.labels.size())
      throw Error("image index must be below ", set.count(), ", got ", index);
    const Draw drawn = draw(augmentation, set.shape, dataset.may_flip, split(key, index));
    write_image(set.image(index), set.shape, drawn, table, next);
    cut(drawn, set.shape, next);
    next += set.shape.elements();
  }
}

double mixup_weight(double alpha, Key key) {
  if (!(alpha >= 0)) throw Error("mixup alpha must be at least 0, got ", alpha);
  if (alpha == 0) return 1;
  return boost::math::quantile(boost::math::beta_distribution<>(alpha, alpha), uniform(key, 0));
}

}  // namespace citrine
