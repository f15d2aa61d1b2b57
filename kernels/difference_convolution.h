#pragma once
// Sums of a convolution whose input changed a little, exactly modulo 2^32.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned_vector.h"
#include "kernels/convolution.h"
#include "kernels/map_changes.h"
#include "kernels/packed_convolution.h"

namespace citrine {

// Differences are signed, so weights of 8 bits are the unsigned operand of a dot product, with this
// added to them.
template <class Element>
inline constexpr std::int32_t kWeightZero = sizeof(Element) == 1 ? 128 : 0;

// Filters of a convolution without groups that a kernel adds to at once: 4, 2 or 1 vectors.
struct FilterBlock {
  std::size_t first = 0, vectors = 0;
};

// What changed in the input; the sums of the fault-free one, [out_height, out_width, filters], and
// slack; memory for one pixel's work.
struct ChangedInput {
  const MapChanges& changes;
  const std::int32_t* golden;
  std::int32_t* memory;
};

// Element: of the input's maps.
template <class Element>
class DifferenceConvolution {
 public:
  static constexpr std::size_t kDotSteps = sizeof(std::int32_t) / sizeof(Element);

  // Takes shape and weights of `op`, packed by input channel.
  explicit DifferenceConvolution(const Convolution& op);

  // Stores what a changed input makes at some pixels of the output.
  void store(const ChangedInput& input, std::span<const Pixel> pixels,
             const Store<Element>& to) const;
  // The sums of all pixels, [out_height, out_width, filters].
  void sum(const ChangedInput& input, std::span<const Pixel> pixels, std::int32_t* sums) const;

  const ConvolutionShape& shape() const { return shape_; }
  std::size_t pixel_sums() const { return pixel_sums_; }  // filters, to whole vectors
  // Of the memory: differences, then places of a window's terms, then with groups a pixel's sums.
  std::size_t memory() const { return 2 * window_terms() + sums(); }
  std::size_t window_terms() const;  // and whole vectors of each row
  std::size_t sums() const { return shape_.groups > 1 ? pixel_sums_ + kVectorSlack : 0; }

  // Without groups: [block of filters, kernel row, kernel column, group of channels, filter,
  // channel], where 32 bits hold a group of channels.
  const std::vector<FilterBlock>& blocks() const { return blocks_; }
  // With groups: filters that see a group of channels, in whole vectors, and its first weight;
  // [tap, group of channels]. The weights: [tap, group of channels, filter, channel].
  struct Group {
    std::size_t filter = 0, vectors = 0, weight = 0;
  };
  const std::vector<Group>& groups() const { return groups_; }
  const AlignedVector<Element>& weights() const { return weights_; }

 private:
  void pack_blocks(const Convolution& op);
  void pack_groups(const Convolution& op);

  ConvolutionShape shape_;
  std::size_t pixel_sums_;
  std::vector<FilterBlock> blocks_;
  std::vector<Group> groups_;
  AlignedVector<Element> weights_;
};

}  // namespace citrine
