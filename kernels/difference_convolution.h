#pragma once
// What the changes of a convolution's input add to its sums, exactly modulo 2^32.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "kernels/aligned_vector.h"
#include "kernels/convolution.h"
#include "kernels/map_changes.h"
#include "kernels/packed_convolution.h"
#include "kernels/window_reach.h"

namespace citrine {

// Differences are signed, so weights of 8 bits are the unsigned operand of a dot product, with this
// added to them.
template <class Element>
inline constexpr std::int32_t kWeightZero = sizeof(Element) == 1 ? 128 : 0;

// Filters of a convolution without groups that a kernel adds to at once: 4, 2 or 1 vectors.
struct FilterBlock {
  std::size_t first = 0, vectors = 0;
};

// Element: of the input's maps.
template <class Element>
class DifferenceConvolution {
 public:
  static constexpr std::size_t kDotSteps = sizeof(std::int32_t) / sizeof(Element);

  // Takes shape and weights of `op`, packed by input channel.
  explicit DifferenceConvolution(const Convolution& op);

  // `sums`: [out_height, out_width, pixel_sums()], and slack.
  void add(const MapChanges& changes, std::int32_t* sums) const;

  const ConvolutionShape& shape() const { return shape_; }
  std::size_t pixel_sums() const { return pixel_sums_; }  // filters, to whole vectors
  std::size_t sums() const;                               // of an image, with slack
  const WindowReach& reach() const { return reach_; }
  // Output row that sees an input row with a row of the kernel, or -1.
  std::int32_t output_row(int kernel_row, int row) const {
    return output_rows_[static_cast<std::size_t>(kernel_row) * reach_.rows.size() +
                        static_cast<std::size_t>(row)];
  }

  // Without groups: [block of filters, kernel row, group of channels, kernel column, filter,
  // channel], where 32 bits hold a group of channels.
  const std::vector<FilterBlock>& blocks() const { return blocks_; }
  // With groups: filters that see a group of channels, in whole vectors, and its first weight of
  // the first tap; [tap, group of channels, filter, channel].
  struct Group {
    std::size_t filter = 0, vectors = 0, weight = 0;
  };
  const std::vector<Group>& groups() const { return groups_; }
  std::size_t tap_weights() const { return tap_weights_; }
  const AlignedVector<Element>& weights() const { return weights_; }

 private:
  void pack_blocks(const Convolution& op);
  void pack_groups(const Convolution& op);

  ConvolutionShape shape_;
  WindowReach reach_;
  std::vector<std::int32_t> output_rows_;
  std::size_t pixel_sums_, tap_weights_ = 0;
  std::vector<FilterBlock> blocks_;
  std::vector<Group> groups_;
  AlignedVector<Element> weights_;
};

// Fault-free sums of a convolution, and differences to them.
struct ChangedSums {
  const std::int32_t* golden;  // [height, width, filters], and slack
  std::int32_t* differences;   // [height, width, pixel_sums], and slack
  std::size_t pixel_sums;
};
// Stores what the sums at some pixels of the output make and sets their differences to 0.
template <class Element>
void store_sums(const ChangedSums& sums, std::span<const Pixel> pixels, const Store<Element>& to);

}  // namespace citrine
