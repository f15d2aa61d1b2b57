#include "faultsim/difference_run.h"

#include <algorithm>

#include "kernels/tiles.h"

namespace citrine {
template <class Element>
DifferenceRun<Element>::DifferenceRun(const DifferenceNetwork<Element>& network)
    : network_(network),
      golden_maps_(make_layer_maps<Element>(network.network(), 1)),
      maps_(golden_maps_),
      is_loaded_(maps_.size()) {
  std::size_t memory = 0;
  for (std::size_t i = 1; i <= maps_.size(); ++i)
    memory = std::max(memory, network.layer(i).memory());
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
  golden_maps_[layer].load(golden_->stored[layer].data(), 1);
  maps_[layer] = golden_maps_[layer];
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
    if (!changes_[i].is_empty()) citrine::restore(changes_[i], golden_maps_[i], maps_[i]);
    changes_[i].clear();
  }
}

template <class Element>
void DifferenceRun<Element>::change(std::size_t layer, std::size_t element, std::int16_t code) {
  need(layer);
  auto& map = maps_[layer];
  const auto channels = static_cast<std::size_t>(map.shape().channels);
  const auto pixel = static_cast<int>(element / channels);
  const int row = pixel / map.shape().width, column = pixel % map.shape().width;
  map.pixel(0, row, column)[element % channels] = static_cast<Element>(code + map.zero());
  pixels_[layer].add({row, column});
}

template <class Element>
void DifferenceRun<Element>::propagate(std::size_t layer) {
  if (layer >= maps_.size()) return;
  const TileScope scope;
  find_changes(pixels_[layer].take(), golden_maps_[layer], maps_[layer], changes_[layer]);
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
  recompute(layer, pixels, maps_[index]);
  find_changes(pixels, golden_maps_[index], maps_[index], changes_[index]);
}

template <class Element>
void DifferenceRun<Element>::recompute(const Layer& layer, std::span<const Pixel> pixels,
                                       BorderedMaps<Element>& output) {
  if (!layer.convolution || is_anew_cheaper(layer, pixels.size()))
    layer.prepared.compute(maps_, pixels, output, memory_.data());
  else
    layer.convolution->store(input_of(layer, golden_->sums[layer.index].data()), pixels,
                             layer.prepared.store_to(maps_, output));
}

template <class Element>
bool DifferenceRun<Element>::is_anew_cheaper(const Layer& layer, std::size_t outputs) const {
  const auto elements = static_cast<double>(changes_[layer.inputs[0]].elements());
  return layer.prepared.computes_pixels() &&
         layer.cost.is_anew_cheaper(static_cast<double>(outputs), layer.seen_elements(elements));
}

template <class Element>
MapChanges& DifferenceRun<Element>::terms_of(std::size_t layer) {
  auto& changes = changes_[layer];
  if (!changes.has_terms()) find_terms(golden_maps_[layer], maps_[layer], changes);
  return changes;
}

// Row by row of the input; word by word of the output's rows, which seldom have two.
template <class Element>
void DifferenceRun<Element>::mark_reached(const Layer& layer, const WindowReach& reach,
                                          PixelSet& pixels) const {
  const auto changed = changes_[layer.inputs[0]].pixels();
  for (std::size_t word = 0; word < row_words(layer.source.width); ++word)
    for (std::size_t i = 0; i < changed.size();) {
      const int row = changed[i].row;
      std::uint64_t columns = 0;
      for (; i < changed.size() && changed[i].row == row; ++i)
        columns |= reach.columns(changed[i].column)[word];
      const auto& [first, last] = reach.rows(row);
      pixels.add(first, last, word, columns);
    }
}

template <class Element>
void DifferenceRun<Element>::mark_changed(std::size_t input, PixelSet& pixels) const {
  for (const auto& pixel : changes_[input].pixels()) pixels.add(pixel);
}

template <class Element>
ChangedInput DifferenceRun<Element>::input_of(const Layer& layer, const std::int32_t* golden) {
  return {.changes = terms_of(layer.inputs[0]), .golden = golden, .memory = memory_.data()};
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
