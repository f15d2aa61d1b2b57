#include "train/quantized_module.h"

#include <algorithm>
#include <cmath>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include "kernels/error.h"
#include "train/libtorch/images.h"
#include "train/libtorch/quantized_forward.h"

namespace citrine {
namespace {

constexpr double kMomentum = 0.9, kSquareMomentum = 0.999;  // of Adam
constexpr float kMostExponentChange = 3;                    // of a step

at::Tensor vector_of(const std::vector<float>& values) {
  auto* borrowed = const_cast<float*>(values.data());
  return at::from_blob(borrowed, {static_cast<std::int64_t>(values.size())}, at::kFloat).clone();
}

std::vector<float> values_of(const at::Tensor& tensor) {
  const auto dense = tensor.detach().contiguous();
  const float* values = dense.const_data_ptr<float>();
  return {values, values + dense.numel()};
}

// [filters, channels / groups, kernel, kernel], channels last in memory.
at::Tensor weights_of(const IntegerLayer& layer, const std::vector<float>& values) {
  const auto& shape = layer.convolution;
  return channels_first_view(
      vector_of(values).view({shape.filters, shape.kernel, shape.kernel, shape.group_channels()}));
}

std::vector<float> in_memory_order(const at::Tensor& weights) {
  return values_of(weights.permute({0, 2, 3, 1}));
}

// Mean distance of a format's value to its neighbours, in steps.
double spacing(const NumberFormat& number, std::int32_t value) {
  const auto values = number.values();
  const auto place = std::ranges::lower_bound(values, value) - values.begin();
  const auto below = std::max<std::ptrdiff_t>(place - 1, 0);
  const auto above = std::min(place + 1, std::ssize(values) - 1);
  const auto at = [&](std::ptrdiff_t i) { return values[static_cast<std::size_t>(i)]; };
  return static_cast<double>(at(above) - at(below)) / static_cast<double>(above - below);
}

// Root mean square distance between the values that a layer's weights can have, around those that
// they have.
double weight_spacing(const IntegerLayer& layer) {
  const auto steps = layer.weights.size() / layer.bias.size();
  double sum = 0;
  for (std::size_t i = 0; i < layer.weights.size(); ++i)
    sum += std::pow(of_channel(layer.weight_steps, static_cast<int>(i / steps)) *
                        spacing(layer.weight_format, layer.weights[i]),
                    2);
  return std::sqrt(sum / static_cast<double>(layer.weights.size()));
}

}  // namespace

struct QuantizedModule::State {
  // A trained tensor with the state of its optimizer.
  struct Trained {
    at::Tensor values, start, mean, mean_square, step;
    double unit = 1;  // of its rate
    bool is_exponent = false;
  };

  LatentNetwork network;
  std::vector<LatentTensors> tensors;  // by layer
  std::vector<Trained> trained;
  Shape input;

  explicit State(const LatentNetwork& latent) : network(latent), tensors(latent.layers.size()) {
    const auto& first = latent.form.input();
    input = {first.height, first.width, first.channels};
    load(latent.layers);
    for (std::size_t i = 0; i < tensors.size(); ++i) add_trained(i);
  }

  // The tensors keep their place, once they have one.
  void load(const std::vector<LatentLayer>& layers) {
    const at::NoGradGuard no_gradient;
    for (std::size_t i = 0; i < layers.size(); ++i) {
      if (owns_step(network.form, i)) set(tensors[i].exponent, vector_of({layers[i].exponent}));
      const auto& layer = network.form.layers[i];
      if (layer.kind != LayerKind::convolution) continue;
      set(tensors[i].weights, weights_of(layer, layers[i].weights));
      set(tensors[i].bias, vector_of(layers[i].bias));
      set(tensors[i].weight_exponents, vector_of(layers[i].weight_exponents));
    }
  }
  static void set(at::Tensor& place, const at::Tensor& values) {
    if (place.defined())
      place.copy_(values);
    else
      place = values;
  }

  // A bias moves as much as the sum of as many weights of random signs.
  void add_trained(std::size_t index) {
    const auto& mine = tensors[index];
    if (mine.exponent.defined()) track(mine.exponent, 1, true);
    if (!mine.weights.defined()) return;
    const double unit = weight_spacing(network.form.layers[index]);
    const std::int64_t steps = mine.weights.numel() / mine.weights.size(0);
    track(mine.weights, unit, false);
    track(mine.bias, unit * std::sqrt(static_cast<double>(steps)), false);
    track(mine.weight_exponents, 1, true);
  }
  void track(const at::Tensor& values, double unit, bool is_exponent) {
    values.set_requires_grad(true);
    trained.push_back({.values = values,
                       .start = is_exponent ? values.detach().clone() : at::Tensor(),
                       .mean = at::zeros_like(values),
                       .mean_square = at::zeros_like(values),
                       .step = at::zeros({}, at::kFloat),
                       .unit = unit,
                       .is_exponent = is_exponent});
  }

  at::Tensor run(std::span<const float> images) const {
    return quantized_forward(network, tensors, borrow_images(images, input));
  }

  at::Tensor loss(std::span<const float> images, std::span<const float> targets) const {
    const auto logits = run(images);
    if (static_cast<std::int64_t>(targets.size()) != logits.numel())
      throw Error("the targets must be ", logits.numel(), " logits, got ", targets.size());
    const auto wanted =
        at::from_blob(const_cast<float*>(targets.data()), logits.sizes(), at::kFloat);
    return at::mse_loss(logits, wanted).div(wanted.square().mean());
  }

  void update(const TuneRates& rates) {
    const at::NoGradGuard no_gradient;
    for (auto& [values, start, mean, mean_square, step, unit, is_exponent] : trained) {
      const double rate = is_exponent ? rates.exponents : rates.values * unit;
      step.add_(1);
      at::_fused_adam_({values}, {values.grad()}, {mean}, {mean_square}, {}, {step}, rate,
                       kMomentum, kSquareMomentum, 0, 1e-12, false, false);
      if (is_exponent)
        values.copy_(values.clamp(start.sub(kMostExponentChange), start.add(kMostExponentChange)));
    }
  }

  void forget_gradient() {
    for (auto& tensor : trained) tensor.values.mutable_grad().reset();
  }

  // Of each layer, what `value` makes of its tensors.
  template <class Value>
  std::vector<LatentLayer> layers(const Value& value) const {
    auto result = network.layers;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
      const auto& mine = tensors[i];
      if (mine.exponent.defined()) result[i].exponent = value(mine.exponent).template item<float>();
      if (!mine.weights.defined()) continue;
      result[i].weights = in_memory_order(value(mine.weights));
      result[i].bias = values_of(value(mine.bias));
      result[i].weight_exponents = values_of(value(mine.weight_exponents));
    }
    return result;
  }
};

QuantizedModule::QuantizedModule(const LatentNetwork& latent)
    : state_(std::make_unique<State>(latent)) {}

QuantizedModule::~QuantizedModule() = default;

std::vector<float> QuantizedModule::logits(std::span<const float> images) const {
  const at::NoGradGuard no_gradient;
  return values_of(state_->run(images));
}

std::vector<LatentLayer> QuantizedModule::gradient(std::span<const float> images,
                                                   std::span<const float> targets) {
  state_->loss(images, targets).backward();
  auto gradient = state_->layers([](const at::Tensor& tensor) { return tensor.grad(); });
  state_->forget_gradient();
  return gradient;
}

double QuantizedModule::step(std::span<const float> images, std::span<const float> targets,
                             const TuneRates& rates) {
  const auto loss = state_->loss(images, targets);
  loss.backward();
  state_->update(rates);
  state_->forget_gradient();
  return loss.item<double>();
}

LatentNetwork QuantizedModule::latent() const {
  return {.form = state_->network.form,
          .layers = state_->layers([](const at::Tensor& tensor) { return tensor; }),
          .has_free_steps = state_->network.has_free_steps};
}

void QuantizedModule::set_latent(const std::vector<LatentLayer>& layers) { state_->load(layers); }

}  // namespace citrine
