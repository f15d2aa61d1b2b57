#include "faultsim/rectangle_run.h"

#include <algorithm>

namespace citrine {
namespace {

std::size_t at(const IntegerLayer& layer, int row, int column, int channel) {
  return static_cast<std::size_t>((std::int64_t{row} * layer.width + column) * layer.channels +
                                  channel);
}

// Calls visit(row, column) for every pixel.
template <class Visit>
void visit_pixels(const Rectangle& pixels, Visit visit) {
  for (int row = pixels.top; row < pixels.bottom; ++row)
    for (int column = pixels.left; column < pixels.right; ++column) visit(row, column);
}

// First and last + 1 output of an axis whose window touches [low, high).
std::pair<int, int> reach_axis(const ConvolutionShape& window, int low, int high, int outputs) {
  const int first = std::max(0, low + window.padding - window.kernel + 1);
  return {(first + window.stride - 1) / window.stride,
          std::min(outputs, (high - 1 + window.padding) / window.stride + 1)};
}

}  // namespace

Rectangle join(const Rectangle& a, const Rectangle& b) {
  if (a.is_empty()) return b;
  if (b.is_empty()) return a;
  return {std::min(a.top, b.top), std::min(a.left, b.left), std::max(a.bottom, b.bottom),
          std::max(a.right, b.right)};
}

Rectangle reach(const ConvolutionShape& window, const Rectangle& changed) {
  if (changed.is_empty()) return {};
  const auto [top, bottom] = reach_axis(window, changed.top, changed.bottom, window.out_height());
  const auto [left, right] = reach_axis(window, changed.left, changed.right, window.out_width());
  return {top, left, bottom, right};
}

RectangleRun::RectangleRun(const IntegerNetwork& network, const Backend& backend)
    : network_(network), backend_(backend), stored_(network.layers.size()) {}

void RectangleRun::start() {
  changed_.assign(network_.layers.size(), {});
  logits_ = golden_->logits;
}

std::span<const std::int16_t> RectangleRun::stored(std::size_t layer) const {
  return changed_[layer].is_empty() ? golden_->stored[layer] : stored_[layer];
}

void RectangleRun::change(std::size_t index, std::size_t element, std::int16_t code) {
  if (stored(index)[element] == code) return;
  if (changed_[index].is_empty()) stored_[index] = golden_->stored[index];
  stored_[index][element] = code;
  const auto& layer = network_.layers[index];
  const auto pixel = element / static_cast<std::size_t>(layer.channels);
  const int row = static_cast<int>(pixel / static_cast<std::size_t>(layer.width));
  const int column = static_cast<int>(pixel % static_cast<std::size_t>(layer.width));
  changed_[index] = join(changed_[index], {row, column, row + 1, column + 1});
}

void RectangleRun::propagate(std::size_t layer) {
  for (std::size_t index = layer + 1; index < network_.layers.size(); ++index) {
    const Rectangle outputs = changed_outputs(network_.layers[index]);
    if (!outputs.is_empty()) recompute(index, outputs);
  }
}

Rectangle RectangleRun::changed_outputs(const IntegerLayer& layer) const {
  const auto changed = [&](std::size_t i) {
    return changed_[static_cast<std::size_t>(layer.inputs[i])];
  };
  const bool is_pointwise = layer.kind == LayerKind::add || layer.kind == LayerKind::concat;
  Rectangle outputs = is_pointwise ? changed(0) : reach(layer.convolution, changed(0));
  for (std::size_t i = 1; i < layer.inputs.size(); ++i) outputs = join(outputs, changed(i));
  return outputs;
}

void RectangleRun::recompute(std::size_t index, const Rectangle& outputs) {
  const auto& layer = network_.layers[index];
  inputs_.clear();
  for (const int input : layer.inputs) inputs_.push_back(stored(static_cast<std::size_t>(input)));
  if (layer.kind == LayerKind::convolution)
    recompute_convolution(index, outputs);
  else
    recompute_elements(index, outputs);
}

void RectangleRun::recompute_convolution(std::size_t index, const Rectangle& outputs) {
  const auto& layer = network_.layers[index];
  convolve(layer, outputs);
  if (index + 1 == network_.layers.size()) {
    logits_ = accumulators_;
    return;
  }
  auto accumulator = accumulators_.begin();
  visit_pixels(outputs, [&](int row, int column) {
    for (int filter = 0; filter < layer.channels; ++filter) {
      const auto element = at(layer, row, column, filter);
      const std::int32_t residual = inputs_.size() > 1 ? inputs_[1][element] : 0;
      change(index, element, requantize(layer, filter, *accumulator++, residual));
    }
  });
}

void RectangleRun::recompute_elements(std::size_t index, const Rectangle& outputs) {
  const auto& layer = network_.layers[index];
  visit_pixels(outputs, [&](int row, int column) {
    for (int channel = 0; channel < layer.channels; ++channel)
      change(index, at(layer, row, column, channel),
             stored_element(layer, inputs_, row, column, channel));
  });
}

void RectangleRun::convolve(const IntegerLayer& layer, const Rectangle& outputs) {
  auto convolution = convolution_of(network_, layer, nullptr);
  auto& shape = convolution.shape;
  shape.height = (outputs.height() - 1) * shape.stride + shape.kernel;
  shape.width = (outputs.width() - 1) * shape.stride + shape.kernel;
  shape.padding = 0;
  copy_window(layer, outputs, shape);
  convolution.input = window_.data();
  accumulators_.resize(static_cast<std::size_t>(convolution.outputs()));
  backend_.convolve(convolution, accumulators_);
}

void RectangleRun::copy_window(const IntegerLayer& layer, const Rectangle& outputs,
                               const ConvolutionShape& window) {
  const auto& shape = layer.convolution;
  const int top = outputs.top * shape.stride - shape.padding;
  const int left = outputs.left * shape.stride - shape.padding;
  const int first = std::max(left, 0), last = std::min(left + window.width, shape.width);
  window_.assign(static_cast<std::size_t>(window.height) * static_cast<std::size_t>(window.width) *
                     static_cast<std::size_t>(window.channels),
                 0);
  for (int row = std::max(top, 0); row < std::min(top + window.height, shape.height); ++row) {
    const auto source = (std::ptrdiff_t{row} * shape.width + first) * shape.channels;
    const auto target = (std::ptrdiff_t{row - top} * window.width + first - left) * window.channels;
    std::copy_n(inputs_[0].begin() + source, std::ptrdiff_t{last - first} * shape.channels,
                window_.begin() + target);
  }
}

}  // namespace citrine
