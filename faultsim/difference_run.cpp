#include "faultsim/difference_run.h"

#include <algorithm>

namespace citrine {
template <class Element>
DifferenceRun<Element>::DifferenceRun(const DifferenceNetwork<Element>& network)
    : network_(network),
      maps_(make_layer_maps<Element>(network.network(), 1)),
      fresh_(make_layer_maps<Element>(network.network(), 1)),
      is_loaded_(maps_.size()) {
  std::size_t memory = 0;
  for (std::size_t i = 1; i <= maps_.size(); ++i)
    if (network.layer(i).convolution)
      memory = std::max(memory, network.layer(i).convolution->memory());
  memory_.resize(memory);
  for (const auto& map : maps_) {
    changes_.emplace_back(map.shape(), sizeof(Element));
    pixels_.emplace_back(map.shape().height, map.shape().width);
  }
  logits_.resize(static_cast<std::size_t>(network.network().classes()));
  golden_logits_.resize(logits_.size() + kVectorSlack);
}

template <class Element>
void DifferenceRun<Element>::load(const Activations& golden) {
  restore();
  golden_ = &golden;
  std::ranges::copy(golden.logits, golden_logits_.begin());
  is_loaded_.assign(maps_.size(), false);
}

template <class Element>
void DifferenceRun<Element>::need(std::size_t layer) {
  if (is_loaded_[layer]) return;
  maps_[layer].load(golden_->stored[layer].data(), 1);
  is_loaded_[layer] = true;
}

template <class Element>
void DifferenceRun<Element>::start() {
  restore();
  std::ranges::copy(golden_->logits, logits_.begin());
}

template <class Element>
void DifferenceRun<Element>::restore() {
  for (std::size_t i = 0; i < changes_.size(); ++i) {
    if (changes_[i].is_empty()) continue;
    citrine::restore(changes_[i], maps_[i], fresh_[i]);
    changes_[i].clear();
  }
}

template <class Element>
void DifferenceRun<Element>::change(std::size_t layer, std::size_t element, std::int16_t code) {
  need(layer);
  const auto& shape = maps_[layer].shape();
  const auto pixel = static_cast<int>(element / static_cast<std::size_t>(shape.channels));
  const int row = pixel / shape.width, column = pixel % shape.width;
  auto* to = fresh_[layer].pixel(0, row, column);
  std::copy_n(maps_[layer].pixel(0, row, column), shape.channels, to);
  to[element % static_cast<std::size_t>(shape.channels)] =
      static_cast<Element>(code + maps_[layer].zero());
  pixels_[layer].add(row, row, column, column);
}

template <class Element>
void DifferenceRun<Element>::propagate(std::size_t layer) {
  if (layer >= maps_.size()) return;
  exchange(pixels_[layer].take(), maps_[layer], fresh_[layer], changes_[layer]);
  for (std::size_t i = layer + 1; i <= maps_.size(); ++i) {
    const auto is_changed = [&](std::size_t input) { return !changes_[input].is_empty(); };
    if (std::ranges::any_of(network_.layer(i).inputs, is_changed)) update(i);
  }
}

template <class Element>
void DifferenceRun<Element>::update(std::size_t index) {
  const auto& layer = network_.layer(index);
  if (index == maps_.size()) return update_logits(layer);
  need(index);
  std::ranges::for_each(layer.inputs, [&](std::size_t input) { need(input); });
  auto& reached = pixels_[index];
  if (layer.reach) mark_reached(layer, *layer.reach, reached);
  for (std::size_t i = layer.reach ? 1 : 0; i < layer.inputs.size(); ++i)
    mark_changed(layer.inputs[i], reached);
  const auto pixels = reached.take();
  if (!layer.convolution)
    layer.prepared.compute(maps_, pixels, fresh_[index]);
  else if (is_whole_cheaper(layer, pixels.size()))
    layer.prepared.convolve(maps_, fresh_[index]);
  else
    layer.convolution->store(input_of(layer, golden_->sums[index].data()), pixels,
                             layer.prepared.store_to(maps_, fresh_[index]));
  exchange(pixels, maps_[index], fresh_[index], changes_[index]);
}

template <class Element>
bool DifferenceRun<Element>::is_whole_cheaper(const Layer& layer, std::size_t outputs) const {
  const auto terms = layer.dot_product_terms(changes_[layer.inputs[0]].terms());
  return layer.cost.is_whole_cheaper(static_cast<double>(outputs), terms);
}

template <class Element>
void DifferenceRun<Element>::mark_reached(const Layer& layer, const WindowReach& reach,
                                          PixelSet& pixels) const {
  const auto changed = changes_[layer.inputs[0]].pixels();
  for (std::size_t i = 0; i < changed.size(); ++i) {
    const auto first = changed[i];
    // Neighbours of a row reach neighbours.
    while (i + 1 < changed.size() && changed[i + 1].row == first.row &&
           changed[i + 1].column == changed[i].column + 1)
      ++i;
    const auto& rows = reach.rows[static_cast<std::size_t>(first.row)];
    const int left = reach.columns[static_cast<std::size_t>(first.column)].first_output();
    const int right = reach.columns[static_cast<std::size_t>(changed[i].column)].output;
    if (rows.count > 0 && left <= right) pixels.add(rows.first_output(), rows.output, left, right);
  }
}

template <class Element>
void DifferenceRun<Element>::mark_changed(std::size_t input, PixelSet& pixels) const {
  for (const auto& pixel : changes_[input].pixels())
    pixels.add(pixel.row, pixel.row, pixel.column, pixel.column);
}

template <class Element>
ChangedInput DifferenceRun<Element>::input_of(const Layer& layer, const std::int32_t* golden) {
  return {.changes = changes_[layer.inputs[0]], .golden = golden, .memory = memory_.data()};
}

template <class Element>
void DifferenceRun<Element>::update_logits(const Layer& layer) {
  const Pixel only{0, 0};
  layer.convolution->sum(input_of(layer, golden_logits_.data()), std::span(&only, 1),
                         logits_.data());
  for (auto& logit : logits_) logit = wrap(logit, layer.source.accumulator.bits, true);
}

template class DifferenceRun<std::uint8_t>;
template class DifferenceRun<std::int16_t>;

}  // namespace citrine
