#include "train/libtorch/quantized_forward.h"

#include <ATen/ops/add.h>
#include <ATen/ops/avg_pool2d.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/constant_pad_nd.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/floor.h>
#include <ATen/ops/gt.h>
#include <ATen/ops/max_pool2d.h>
#include <ATen/ops/mul.h>

#include "train/libtorch/fake_quantize.h"

namespace citrine {
namespace {

// A stored tensor and its step.
struct StoredMap {
  at::Tensor values, step;
};

// To a multiple of its channel's unit, halves up; the gradient passes as if it were not rounded.
at::Tensor passed_through(const at::Tensor& values, const at::Tensor& unit) {
  const auto exact = values.detach();
  const auto rounded = exact.div(unit).add_(0.5).floor_().mul_(unit);
  return at::add(values, rounded.sub_(exact));
}

class QuantizedForward {
 public:
  QuantizedForward(const LatentNetwork& latent, const std::vector<LatentTensors>& tensors)
      : latent_(latent), tensors_(tensors), maps_(latent.layers.size()) {}

  at::Tensor run(const at::Tensor& images) {
    const auto last = latent_.layers.size() - 1;
    maps_[0] = store(0, images);
    for (std::size_t i = 1; i < last; ++i) maps_[i] = store(i, unrounded(i));
    return accumulators(last).flatten(1);
  }

 private:
  const IntegerLayer& layer(std::size_t index) const { return latent_.form.layers[index]; }
  const StoredMap& input(std::size_t index, std::size_t which = 0) const {
    return maps_[static_cast<std::size_t>(layer(index).inputs[which])];
  }
  at::Tensor steps(const at::Tensor& exponents) const {
    return steps_of(exponents, latent_.has_free_steps);
  }

  StoredMap store(std::size_t index, const at::Tensor& values) const {
    const auto step = owns_step(latent_.form, index)
                          ? steps(tensors_[index].exponent)
                          : at::mul(input(index).step, step_ratio(latent_.form, index));
    const auto high =
        highest_stored(layer(index), latent_.layers[index].ceiling, step.item<double>());
    const auto grid = stored_grid(layer(index).format.number, layer(index).low, high);
    return {fake_quantize(values, step, grid), step};
  }

  // What a layer stores, before it is rounded.
  at::Tensor unrounded(std::size_t index) const {
    switch (layer(index).kind) {
      case LayerKind::convolution:
        return accumulators(index);
      case LayerKind::max_pool:
        return max_pool(index);
      case LayerKind::average_pool:
        return average_pool(index);
      case LayerKind::add:
        return sum(index);
      case LayerKind::concat:
        return at::cat(input_values(index), 1);
      case LayerKind::shortcut:
        return shortcut(index);
      case LayerKind::input:
        break;
    }
    return {};
  }

  std::vector<at::Tensor> input_values(std::size_t index) const {
    std::vector<at::Tensor> values;
    for (std::size_t i = 0; i < layer(index).inputs.size(); ++i)
      values.push_back(input(index, i).values);
    return values;
  }

  at::Tensor accumulators(std::size_t index) const {
    const auto& shape = layer(index).convolution;
    const auto& mine = tensors_[index];
    const auto weight_steps = steps(mine.weight_exponents);
    const auto unit = at::mul(weight_steps.detach(), input(index).step.detach());
    const auto weights =
        fake_quantize(mine.weights, weight_steps, weight_grid(layer(index).weight_format));
    const auto sums = at::conv2d(
        input(index).values, weights, fake_quantize(mine.bias, unit, integer_grid()),
        {shape.stride, shape.stride}, {shape.padding, shape.padding}, {1, 1}, shape.groups);
    return layer(index).inputs.size() > 1 ? at::add(sums, residual(index, unit)) : sums;
  }

  // In whole units of the accumulators.
  at::Tensor residual(std::size_t index, const at::Tensor& unit) const {
    const auto& [values, step] = input(index, 1);
    const bool is_finer = unit.gt(step.detach()).any().item<bool>();
    return is_finer || latent_.has_free_steps ? passed_through(values, unit.view({1, -1, 1, 1}))
                                              : values;
  }

  at::Tensor max_pool(std::size_t index) const {
    const auto& shape = layer(index).convolution;
    return at::max_pool2d(input(index).values, {shape.kernel, shape.kernel},
                          {shape.stride, shape.stride}, {shape.padding, shape.padding});
  }

  // Averages are rounded to the input's step. Halves are common and must go up, also where the
  // float average lies a little below one.
  at::Tensor average_pool(std::size_t index) const {
    const auto& shape = layer(index).convolution;
    const auto& [values, step] = input(index);
    const auto means = at::avg_pool2d(values, {shape.kernel, shape.kernel},
                                      {shape.stride, shape.stride}, {shape.padding, shape.padding});
    const auto quarter_tap = step.detach().div(4.0 * shape.kernel * shape.kernel);
    return fake_quantize(at::add(means, quarter_tap), step, integer_grid());
  }

  at::Tensor sum(std::size_t index) const {
    auto total = input(index).values;
    for (std::size_t i = 1; i < layer(index).inputs.size(); ++i)
      total = at::add(total, input(index, i).values);
    return total;
  }

  at::Tensor shortcut(std::size_t index) const {
    const auto& shape = layer(index).convolution;
    const auto pixels = input(index)
                            .values.slice(2, 0, std::nullopt, shape.stride)
                            .slice(3, 0, std::nullopt, shape.stride);
    const std::int64_t added = layer(index).channels - shape.channels;
    return at::constant_pad_nd(pixels, {0, 0, 0, 0, added / 2, added - added / 2});
  }

  const LatentNetwork& latent_;
  const std::vector<LatentTensors>& tensors_;
  std::vector<StoredMap> maps_;  // by layer
};

}  // namespace

at::Tensor quantized_forward(const LatentNetwork& latent, const std::vector<LatentTensors>& tensors,
                             const at::Tensor& images) {
  return QuantizedForward(latent, tensors).run(images);
}

}  // namespace citrine
