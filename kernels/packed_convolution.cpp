#include "kernels/packed_convolution.h"

#include <algorithm>

#include "kernels/tiles.h"

namespace citrine {
namespace {

// The steps of an output as runs of consecutive input elements: a kernel row without groups, else
// one tap.
struct Runs {
  explicit Runs(const ConvolutionShape& shape)
      : in_row(shape.groups == 1 ? 1 : shape.kernel),
        count(shape.kernel * in_row),
        steps(shape.steps() / count) {}

  int in_row, count, steps;  // runs of a kernel row, of an output; steps of a run
};

// Up to one dot product's weights; gives the first one behind them. A whole one has a loop of its
// own, of fixed length, which compilers unroll.
template <class Weight>
const std::int16_t* narrow(const std::int16_t* from, int count, Weight* to) {
  constexpr int kAll = sizeof(std::int32_t) / sizeof(Weight);
  if (count < kAll) {
    for (int i = 0; i < count; ++i) to[i] = static_cast<Weight>(from[i]);
  } else {
    for (int i = 0; i < kAll; ++i) to[i] = static_cast<Weight>(from[i]);
  }
  return from + count;
}

}  // namespace

template <class Element>
PackedConvolution<Element>::PackedConvolution(const Convolution& op,
                                              const BorderedMaps<Element>& input)
    : shape_(op.shape), bias_(op.bias, op.bias + op.shape.filters) {
  const Runs runs(shape_);
  const int dot_steps = is_depthwise() ? 1 : kDotSteps;
  for (int run = 0; run < runs.count; ++run)
    for (int step = 0; step < runs.steps; step += dot_steps)
      offsets_.push_back(
          static_cast<std::int32_t>(run / runs.in_row * input.shape().row_elements() +
                                    run % runs.in_row * std::ptrdiff_t{shape_.channels} + step));
  is_depthwise() ? pack_channels(op) : pack_filters(op);
  if (input.zero() != 0) subtract_zero(op, input.zero());
  bias_.resize(bias_.size() + kVectorSlack);
}

template <class Element>
bool PackedConvolution<Element>::fits_tiles() const {
  return sizeof(Element) == 1 && shape_.groups == 1 && has_tiles() &&
         vector_filters() == int{kTileRows};
}

template <class Element>
bool PackedConvolution<Element>::is_depthwise() const {
  return shape_.groups > 1 && shape_.groups == shape_.channels && shape_.groups == shape_.filters;
}

template <class Element>
std::size_t PackedConvolution<Element>::run_steps() const {
  return offsets_.size() * kDotSteps / static_cast<std::size_t>(shape_.kernel);
}

template <class Element>
std::size_t PackedConvolution<Element>::window_steps() const {
  return vector_weights_ / static_cast<std::size_t>(vector_filters());
}

template <class Element>
std::size_t PackedConvolution<Element>::window_filters() const {
  const auto lanes = static_cast<std::size_t>(vector_filters());
  return (static_cast<std::size_t>(shape_.filters) + lanes - 1) / lanes * lanes;
}

template <class Element>
std::size_t PackedConvolution<Element>::memory() const {
  const auto windows = (kGathered * window_steps() + kVectorSlack) * sizeof(Element);
  return kWindows * window_filters() + windows / sizeof(std::int32_t);
}

template <class Element>
void PackedConvolution<Element>::store_on_tiles(const BorderedMaps<Element>& input, int images,
                                                const Store<Element>& to) const {
  const auto pixels = all_pixels(shape_.out_height(), shape_.out_width());
  AlignedVector<std::int32_t> room(memory());
  const TileScope scope;
  for (int image = 0; image < images; ++image) store(input, image, pixels, to, room.data());
}

template <class Element>
void PackedConvolution<Element>::pack_filters(const Convolution& op) {
  const Runs runs(shape_);
  const int lanes = vector_filters();
  const int group_filters = shape_.filters / shape_.groups;
  const int group_vectors = (group_filters + lanes - 1) / lanes;
  const std::ptrdiff_t dot_weights = std::ptrdiff_t{lanes} * kDotSteps;
  const auto row_dots = shape_.groups == 1 ? kTileRowBytes / sizeof(std::int32_t) : 1;
  const auto dots = (offsets_.size() + row_dots - 1) / row_dots * row_dots;
  vector_weights_ = dots * static_cast<std::size_t>(dot_weights);
  weights_.resize(static_cast<std::size_t>(shape_.groups * group_vectors) * vector_weights_);
  const auto* from = op.weights;
  for (int filter = 0; filter < shape_.filters; ++filter) {
    const int in_group = filter % group_filters;
    const int vector = filter / group_filters * group_vectors + in_group / lanes;
    auto* to = weights_.data() + static_cast<std::size_t>(vector) * vector_weights_ +
               in_group % lanes * kDotSteps;
    for (int run = 0; run < runs.count; ++run)
      for (int step = 0; step < runs.steps; step += kDotSteps, to += dot_weights)
        from = narrow(from, std::min(kDotSteps, runs.steps - step), to);
  }
}

template <class Element>
void PackedConvolution<Element>::pack_channels(const Convolution& op) {
  const auto taps = offsets_.size(), channels = static_cast<std::size_t>(shape_.channels);
  if (taps % 2 == 1) offsets_.push_back(offsets_.back());
  std::vector<std::uint32_t> pairs(offsets_.size() / 2 * channels + kVectorSlack);
  for (std::size_t channel = 0; channel < channels; ++channel)
    for (std::size_t tap = 0; tap < taps; ++tap)
      pairs[tap / 2 * channels + channel] |=
          static_cast<std::uint32_t>(static_cast<std::uint16_t>(op.weights[channel * taps + tap]))
          << (tap % 2 * 16);
  tap_pairs_.assign(pairs.begin(), pairs.end());
}

// An activation is stored with `zero` added, padding too: what that adds to a sum is constant.
template <class Element>
void PackedConvolution<Element>::subtract_zero(const Convolution& op, std::int32_t zero) {
  const auto* weight = op.weights;
  for (int filter = 0; filter < shape_.filters; ++filter) {
    std::int64_t sum = 0;
    for (int step = 0; step < shape_.steps(); ++step) sum += *weight++;
    auto& bias = bias_[static_cast<std::size_t>(filter)];
    bias = wrap(bias - sum * zero, 32, true);
  }
}

template class PackedConvolution<std::uint8_t>;
template class PackedConvolution<std::int16_t>;

}  // namespace citrine
