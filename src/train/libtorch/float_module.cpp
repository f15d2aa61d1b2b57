#include "train/float_module.h"

#include <algorithm>
#include <cstring>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/add.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/zeros_like.h>
#include <c10/core/InferenceMode.h>

#include "kernels/error.h"
#include "train/libtorch/device.h"
#include "train/libtorch/forward_pass.h"
#include "train/libtorch/images.h"

namespace citrine {
namespace {

constexpr std::int64_t kChunk = 64;  // images that a visit runs at once

// Names of a node's tensors, in the order of NodeParameters.
struct Slot {
  const char* name;
  at::Tensor NodeParameters::*member;
  bool is_trained;
};
constexpr Slot kSlots[] = {{"weight", &NodeParameters::weight, true},
                           {"bias", &NodeParameters::bias, true},
                           {"running_mean", &NodeParameters::running_mean, false},
                           {"running_var", &NodeParameters::running_var, false}};

at::Tensor on_device(const Tensor& tensor, c10::Device device) {
  auto* values = const_cast<float*>(tensor.values.data());
  auto copy = at::from_blob(values, tensor.shape, at::kFloat).to(device, at::kFloat, false, true);
  if (tensor.shape.size() != 4) return copy;
  return copy.contiguous(at::MemoryFormat::ChannelsLast);
}

Tensor on_host(const at::Tensor& tensor) {
  const auto dense = tensor.detach().cpu().contiguous();
  const float* values = dense.const_data_ptr<float>();
  return {dense.sizes().vec(), std::vector<float>(values, values + dense.numel())};
}

at::Tensor loss_of(const at::Tensor& logits, const at::Tensor& labels, double mixup_weight,
                   double smoothing) {
  const auto cross_entropy = [&](const at::Tensor& target) {
    return at::cross_entropy_loss(logits, target, {}, at::Reduction::Mean, -100, smoothing);
  };
  if (mixup_weight == 1) return cross_entropy(labels);
  return at::add(cross_entropy(labels).mul(mixup_weight), cross_entropy(labels.flip(0)),
                 1 - mixup_weight);
}

}  // namespace

struct FloatModule::State {
  Graph graph;
  c10::Device device;
  std::vector<NodeParameters> parameters;  // by node
  std::vector<std::string> trained_names;
  std::vector<at::Tensor> trained, momentum;

  State(const Network& network, const std::string& device_name)
      : graph(network.graph), device(open_device(device_name)), parameters(graph.nodes().size()) {
    for (int index = 0; index < graph.size(); ++index) load(index, network.weights);
  }

  void load(int index, const Weights& weights) {
    for (const auto& slot : kSlots) {
      const auto name = graph.node(index).name + "." + slot.name;
      const auto found = weights.find(name);
      if (found == weights.end()) continue;
      auto& tensor = parameters[static_cast<std::size_t>(index)].*slot.member;
      tensor = on_device(found->second, device);
      if (!slot.is_trained) continue;
      momentum.push_back(at::zeros_like(tensor));
      trained.push_back(tensor.set_requires_grad(true));
      trained_names.push_back(name);
    }
  }

  at::Tensor mixed_images(const Batch& batch) const {
    auto images = borrow_images(batch.images, graph.input_shape()).to(device);
    if (batch.mixup_weight == 1) return images;
    return images.mul(batch.mixup_weight).add_(images.flip(0), 1 - batch.mixup_weight);
  }

  void update(const StepSettings& settings) {
    std::vector<at::Tensor> parameters_with_gradient, gradients, buffers;
    for (std::size_t i = 0; i < trained.size(); ++i) {
      if (!trained[i].grad().defined()) continue;
      parameters_with_gradient.push_back(trained[i]);
      gradients.push_back(trained[i].grad());
      if (settings.momentum > 0) buffers.push_back(momentum[i]);
    }
    const at::NoGradGuard no_gradient;
    const bool uses_nesterov = settings.momentum > 0;
    at::_fused_sgd_(parameters_with_gradient, gradients, buffers, settings.weight_decay,
                    settings.momentum, settings.rate, 0, uses_nesterov, false, false);
    for (auto& tensor : trained) tensor.mutable_grad().reset();
  }

  // Values of a node for all images, computed a chunk at a time, dense and channels last.
  at::Tensor all_values(int index, std::span<const at::Tensor> inputs, std::int64_t count) const {
    const auto& shape = graph.shape(index);
    const auto values = at::empty({count, shape.height, shape.width, shape.channels}, at::kFloat);
    std::vector<at::Tensor> chunk(inputs.size());
    for (std::int64_t first = 0; first < count; first += kChunk) {
      const auto size = std::min(kChunk, count - first);
      for (std::size_t i = 0; i < inputs.size(); ++i) chunk[i] = inputs[i].narrow(0, first, size);
      const auto result = apply_node(graph, index, parameters[static_cast<std::size_t>(index)],
                                     chunk, Mode::evaluation);
      channels_first_view(values.narrow(0, first, size)).copy_(result);
    }
    return channels_first_view(values);
  }
};

FloatModule::FloatModule(const Network& network, const std::string& device) {
  check_weights(network.graph, network.weights);
  state_ = std::make_unique<State>(network, device);
}

FloatModule::~FloatModule() = default;

StepResult FloatModule::step(const Batch& batch, const StepSettings& settings) {
  auto* labels_data = const_cast<std::int64_t*>(batch.labels.data());
  const auto labels =
      at::from_blob(labels_data, {static_cast<std::int64_t>(batch.labels.size())}, at::kLong)
          .to(state_->device);
  const auto logits =
      forward_pass(state_->graph, state_->parameters, state_->mixed_images(batch), Mode::training);
  const auto loss = loss_of(logits, labels, batch.mixup_weight, settings.label_smoothing);
  loss.backward();
  state_->update(settings);
  const auto correct = logits.detach().argmax(1).eq(labels).sum();
  return {loss.item<double>(), correct.item<std::int64_t>()};
}

std::vector<float> FloatModule::logits(std::span<const float> images) const {
  const c10::InferenceMode inference;
  const auto batch = borrow_images(images, state_->graph.input_shape()).to(state_->device);
  const auto output = forward_pass(state_->graph, state_->parameters, batch, Mode::evaluation);
  return on_host(output).values;
}

void FloatModule::visit(std::span<const float> images, std::int64_t count,
                        const VisitActivations& visit) const {
  const c10::InferenceMode inference;
  const auto& graph = state_->graph;
  std::vector<at::Tensor> values(static_cast<std::size_t>(graph.size()));
  std::vector<at::Tensor> inputs;
  for (int index = 0; index < graph.size(); ++index) {
    const auto i = static_cast<std::size_t>(index);
    inputs.clear();
    for (const int input : graph.node(index).inputs)
      inputs.push_back(values[static_cast<std::size_t>(input)]);
    values[i] = index == 0 ? borrow_images(images, graph.input_shape())
                           : state_->all_values(index, inputs, count);
    for (const int input : graph.node(index).inputs)
      if (graph.consumers(input).back() == index) values[static_cast<std::size_t>(input)].reset();
    visit(index, {values[i].const_data_ptr<float>(), static_cast<std::size_t>(values[i].numel())});
  }
}

Weights FloatModule::weights() const {
  Weights weights;
  for (int index = 0; index < state_->graph.size(); ++index)
    for (const auto& slot : kSlots) {
      const auto& tensor = state_->parameters[static_cast<std::size_t>(index)].*slot.member;
      if (tensor.defined())
        weights.emplace(state_->graph.node(index).name + "." + slot.name, on_host(tensor));
    }
  return weights;
}

Weights FloatModule::momentum() const {
  Weights momentum;
  for (std::size_t i = 0; i < state_->momentum.size(); ++i)
    momentum.emplace(state_->trained_names[i], on_host(state_->momentum[i]));
  return momentum;
}

void FloatModule::set_momentum(const Weights& momentum) {
  for (std::size_t i = 0; i < state_->momentum.size(); ++i) {
    const auto found = momentum.find(state_->trained_names[i]);
    if (found == momentum.end())
      throw Error("the training state must hold momentum of '", state_->trained_names[i], "'");
    state_->momentum[i].copy_(on_device(found->second, state_->device));
  }
}

}  // namespace citrine
