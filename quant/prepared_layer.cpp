#include "quant/prepared_layer.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "kernels/bits.h"
#include "kernels/cpu_backend.h"
#include "kernels/elementwise.h"
#include "kernels/error.h"
#include "quant/forward.h"

namespace citrine {
namespace {

constexpr std::int32_t kByteZero = 128;  // of signed integers

template <class Element>
std::int32_t zero_of(const IntegerLayer& layer) {
  return sizeof(Element) == 1 && layer.format.number.is_signed() ? kByteZero : 0;
}

ChannelScales channel_scales(std::span<const Scale> scales, int channels) {
  std::vector<std::int32_t> multipliers, shifts;
  for (const auto& scale : scales) {
    multipliers.push_back(scale.multiplier);
    shifts.push_back(scale.shift);
  }
  return {multipliers, shifts, channels};
}

template <class Element>
Requantization<Element> requantization(const IntegerLayer& layer, std::span<const Scale> scales,
                                       int channels) {
  Requantization<Element> result{channel_scales(scales, channels),
                                 channel_scales(layer.residual_scales, channels),
                                 layer.low,
                                 layer.high,
                                 zero_of<Element>(layer),
                                 {}};
  result.sum_bits = layer.accumulator.bits;
  if (layer.format.number.has_gaps())
    for (std::int32_t value = layer.low; value <= layer.high; ++value)
      result.table.push_back(static_cast<Element>(store(layer, value) + result.zero));
  return result;
}

// The widest padding of the convolutions that read a layer.
int border_of(const IntegerNetwork& network, std::size_t index) {
  int border = 0;
  for (const auto& layer : network.layers)
    if (layer.kind == LayerKind::convolution && layer.inputs.front() == static_cast<int>(index))
      border = std::max(border, layer.convolution.padding);
  return border;
}

}  // namespace

bool fits_bytes(const IntegerNetwork& network) {
  const auto fits = [](const IntegerLayer& layer) { return layer.format.number.value_bits() <= 8; };
  const auto are_bytes = [](const IntegerLayer& layer) {
    return std::ranges::all_of(
        layer.weights, [](int weight) { return weight == static_cast<std::int8_t>(weight); });
  };
  return std::all_of(network.layers.begin(), network.layers.end() - 1, fits) &&
         std::ranges::all_of(network.layers, are_bytes);
}

template <class Element>
LayerMaps<Element> make_layer_maps(const IntegerNetwork& network, int images) {
  LayerMaps<Element> maps;
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    maps.emplace_back(MapShape{.images = images,
                               .height = layer.height,
                               .width = layer.width,
                               .channels = layer.channels,
                               .border = border_of(network, i)},
                      zero_of<Element>(layer));
    fill_unwritten(layer, maps.back());
  }
  return maps;
}

template <class Element>
void fill_unwritten(const IntegerLayer& layer, BorderedMaps<Element>& maps) {
  if (layer.kind == LayerKind::shortcut) maps.fill(store(layer, 0));
}

template <class Element>
PreparedLayer<Element>::PreparedLayer(const IntegerNetwork& network, std::size_t index,
                                      const LayerMaps<Element>& maps)
    : network_(network),
      kind_(network.layers[index].kind),
      window_(network.layers[index].convolution),
      output_(index),
      inputs_(network.layers[index].inputs.begin(), network.layers[index].inputs.end()) {
  const auto& layer = network.layers[index];
  if (kind_ == LayerKind::convolution && !may_saturate(network, layer))
    convolution_.emplace(convolution_of(network, layer, nullptr), maps[inputs_[0]]);
  if (kind_ == LayerKind::add)
    for (const auto& scale : layer.input_scales)
      input_scales_.push_back(channel_scales(std::span(&scale, 1), layer.channels));
  if (kind_ == LayerKind::concat || kind_ == LayerKind::shortcut) {
    for (std::size_t i = 0; i < inputs_.size(); ++i)
      requantizations_.push_back(requantization<Element>(
          layer, std::span(&layer.input_scales[i], 1), maps[inputs_[i]].shape().channels));
    if (kind_ == LayerKind::shortcut) first_channel_ = (layer.channels - window_.channels) / 2;
  } else {
    requantizations_.push_back(requantization<Element>(layer, layer.scales, layer.channels));
  }
}

template <class Element>
void PreparedLayer<Element>::run(LayerMaps<Element>& maps, int images, std::int32_t* sums) const {
  if (kind_ != LayerKind::convolution) return compute_any(maps, images, maps[output_]);
  if (!convolution_) return run_stepwise(maps, images, sums);
  auto to = store_to(maps, maps[output_]);
  to.sums = sums;
  convolution_->store(maps[inputs_[0]], images, to);
  if (sums != nullptr) wrap_sums(sums, images * layer().elements(), layer().accumulator.bits);
}

template <class Element>
void PreparedLayer<Element>::sum(const LayerMaps<Element>& maps, int images,
                                 std::int32_t* sums) const {
  if (!convolution_) return sum_stepwise(maps, images, sums);
  convolution_->sum(maps[inputs_[0]], images, sums);
  wrap_sums(sums, images * layer().elements(), layer().accumulator.bits);
}

template <class Element>
std::vector<std::int16_t> PreparedLayer<Element>::integers(const LayerMaps<Element>& maps,
                                                           std::size_t input, int image) const {
  const auto index = inputs_[input];
  std::vector<std::int16_t> result(static_cast<std::size_t>(network_.layers[index].elements()));
  maps[index].unload(image, result.data());
  return result;
}

template <class Element>
void PreparedLayer<Element>::sum_stepwise(const LayerMaps<Element>& maps, int images,
                                          std::int32_t* sums) const {
  const auto elements = static_cast<std::size_t>(layer().elements());
  for (int image = 0; image < images; ++image) {
    const auto input = integers(maps, 0, image);
    CpuBackend().convolve(convolution_of(network_, layer(), input.data()), {sums, elements});
    sums += elements;
  }
}

template <class Element>
void PreparedLayer<Element>::run_stepwise(LayerMaps<Element>& maps, int images,
                                          std::int32_t* sums) const {
  std::vector<std::int16_t> stored;
  for (int image = 0; image < images; ++image) {
    std::vector<std::vector<std::int16_t>> inputs;
    for (std::size_t i = 0; i < inputs_.size(); ++i) inputs.push_back(integers(maps, i, image));
    const std::vector<std::span<const std::int16_t>> spans(inputs.begin(), inputs.end());
    AlignedVector<std::int32_t> kept;
    std::ranges::copy(
        compute_layer(layer(), spans, CpuBackend(), sums == nullptr ? nullptr : &kept),
        std::back_inserter(stored));
    if (sums != nullptr) sums = std::copy_n(kept.begin(), layer().elements(), sums);
  }
  maps[output_].load(stored.data(), images);
}

template <class Element>
void PreparedLayer<Element>::compute(const LayerMaps<Element>& maps, std::span<const Pixel> pixels,
                                     BorderedMaps<Element>& output, std::int32_t* memory) const {
  if (convolution_)
    convolution_->store(maps[inputs_[0]], 0, pixels, store_to(maps, output), memory);
  else
    compute_any(maps, pixels, output);
}

template <class Element>
std::size_t PreparedLayer<Element>::memory() const {
  return convolution_ && window_.groups == 1 ? convolution_->memory() : 0;
}

template <class Element>
Store<Element> PreparedLayer<Element>::store_to(const LayerMaps<Element>& maps,
                                                BorderedMaps<Element>& output) const {
  return {.requantization = requantizations_[0],
          .residual = inputs_.size() > 1 ? &maps[inputs_[1]] : nullptr,
          .output = output};
}

template <class Element>
void PreparedLayer<Element>::compute_any(const LayerMaps<Element>& maps, const Pixels& pixels,
                                         BorderedMaps<Element>& output) const {
  switch (kind_) {
    case LayerKind::max_pool:
    case LayerKind::average_pool:
      return pool<Element>({.input = maps[inputs_[0]],
                            .window = window_,
                            .is_average = kind_ == LayerKind::average_pool},
                           pixels, requantizations_[0], output);
    case LayerKind::add:
      return add(maps, pixels, output);
    case LayerKind::concat:
      return concatenate(maps, pixels, output);
    case LayerKind::shortcut:
      return copy<Element>(
          {.input = maps[inputs_[0]], .stride = window_.stride, .first = first_channel_}, pixels,
          requantizations_[0], output);
    case LayerKind::input:
    case LayerKind::convolution:
      break;
  }
}

template <class Element>
void PreparedLayer<Element>::add(const LayerMaps<Element>& maps, const Pixels& pixels,
                                 BorderedMaps<Element>& output) const {
  citrine::add<Element>({.maps = maps, .inputs = inputs_, .scales = input_scales_}, pixels,
                        requantizations_[0], output);
}

template <class Element>
void PreparedLayer<Element>::concatenate(const LayerMaps<Element>& maps, const Pixels& pixels,
                                         BorderedMaps<Element>& output) const {
  int first = 0;
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    const auto& input = maps[inputs_[i]];
    copy<Element>({.input = input, .first = first}, pixels, requantizations_[i], output);
    first += input.shape().channels;
  }
}

template LayerMaps<std::uint8_t> make_layer_maps(const IntegerNetwork&, int);
template LayerMaps<std::int16_t> make_layer_maps(const IntegerNetwork&, int);
template void fill_unwritten(const IntegerLayer&, BorderedMaps<std::uint8_t>&);
template void fill_unwritten(const IntegerLayer&, BorderedMaps<std::int16_t>&);
template class PreparedLayer<std::uint8_t>;
template class PreparedLayer<std::int16_t>;

}  // namespace citrine
