#include "kernels/difference_convolution.h"

#include <algorithm>

namespace citrine {
namespace {

std::size_t lanes() { return static_cast<std::size_t>(vector_filters()); }

std::size_t vectors_of(std::size_t filters) { return (filters + lanes() - 1) / lanes(); }

std::vector<FilterBlock> blocks_of(std::size_t vectors) {
  std::vector<FilterBlock> blocks;
  for (std::size_t first = 0; first < vectors; first += blocks.back().vectors)
    blocks.push_back({.first = first, .vectors = block_vectors(vectors - first)});
  return blocks;
}

}  // namespace

template <class Element>
DifferenceConvolution<Element>::DifferenceConvolution(const Convolution& op)
    : shape_(op.shape),
      pixel_sums_(vectors_of(static_cast<std::size_t>(shape_.filters)) * lanes()) {
  shape_.groups == 1 ? pack_blocks(op) : pack_groups(op);
}

template <class Element>
void DifferenceConvolution<Element>::pack_blocks(const Convolution& op) {
  blocks_ = blocks_of(pixel_sums_ / lanes());
  const auto kernel = static_cast<std::size_t>(shape_.kernel);
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const auto groups = (channels + kDotSteps - 1) / kDotSteps;
  weights_.assign(pixel_sums_ * kernel * kernel * groups * kDotSteps,
                  static_cast<Element>(kWeightZero<Element>));
  const auto* from = op.weights;
  for (std::size_t filter = 0; filter < static_cast<std::size_t>(shape_.filters); ++filter) {
    const auto block = std::ranges::find_if(blocks_, [&](const FilterBlock& candidate) {
      return filter < (candidate.first + candidate.vectors) * lanes();
    });
    const auto first = block->first * lanes(), width = block->vectors * lanes();
    for (std::size_t row = 0; row < kernel; ++row)
      for (std::size_t column = 0; column < kernel; ++column)
        for (std::size_t channel = 0; channel < channels; ++channel) {
          const auto place = (row * kernel + column) * groups + channel / kDotSteps;
          const auto lane = first * kernel * kernel * groups + place * width + (filter - first);
          weights_[lane * kDotSteps + channel % kDotSteps] =
              static_cast<Element>(*from++ + kWeightZero<Element>);
        }
  }
}

template <class Element>
void DifferenceConvolution<Element>::pack_groups(const Convolution& op) {
  const auto channels = static_cast<std::size_t>(shape_.channels);
  const auto depth = static_cast<std::size_t>(shape_.group_channels());
  const auto kernel = static_cast<std::size_t>(shape_.kernel);
  const auto group_filters = static_cast<std::size_t>(shape_.filters / shape_.groups);
  std::size_t weight = 0;
  for (std::size_t tap = 0; tap < kernel * kernel; ++tap)
    for (std::size_t first = 0; first < channels; first += kDotSteps) {
      const auto last = std::min(first + kDotSteps, channels) - 1;
      const auto filter = first / depth * group_filters;
      const auto vectors = vectors_of((last / depth + 1) * group_filters - filter);
      groups_.push_back({.filter = filter, .vectors = vectors, .weight = weight});
      weight += vectors * lanes() * kDotSteps;
    }
  weights_.assign(weight, static_cast<Element>(kWeightZero<Element>));
  const auto tap_groups = groups_.size() / kernel / kernel;
  const auto* from = op.weights;
  for (std::size_t filter = 0; filter < static_cast<std::size_t>(shape_.filters); ++filter)
    for (std::size_t tap = 0; tap < kernel * kernel; ++tap)
      for (std::size_t i = 0; i < depth; ++i) {
        const auto channel = filter / group_filters * depth + i;
        const auto& group = groups_[tap * tap_groups + channel / kDotSteps];
        weights_[group.weight + (filter - group.filter) * kDotSteps + channel % kDotSteps] =
            static_cast<Element>(*from++ + kWeightZero<Element>);
      }
}

template <class Element>
std::size_t DifferenceConvolution<Element>::window_terms() const {
  const auto kernel = static_cast<std::size_t>(shape_.kernel);
  const auto groups = (static_cast<std::size_t>(shape_.channels) + kDotSteps - 1) / kDotSteps;
  return kernel * kernel * groups * kMostParts + kernel * kVectorSlack;
}

template class DifferenceConvolution<std::uint8_t>;
template class DifferenceConvolution<std::int16_t>;

}  // namespace citrine
