#include "bench/torch_resnet20.h"

#include <ATen/Parallel.h>
#include <benchmark/benchmark.h>
#include <torch/nn/functional.h>
#include <torch/torch.h>

namespace citrine {
namespace {

struct FoldedConvolution {
  at::Tensor weight, bias;
  int stride;
};

at::Tensor convolve(const FoldedConvolution& layer, const at::Tensor& map) {
  return at::conv2d(map, layer.weight, layer.bias, {layer.stride, layer.stride}, {1, 1});
}

// Option A: every other pixel, zero channels on both sides.
at::Tensor shortcut(const at::Tensor& map, bool is_blocked) {
  const auto dense = is_blocked ? map.to_dense() : map;
  const std::int64_t pad = dense.size(1) / 2;
  const auto half = at::constant_pad_nd(
      dense.slice(2, 0, dense.size(2), 2).slice(3, 0, dense.size(3), 2), {0, 0, 0, 0, pad, pad});
  return is_blocked ? half.to_mkldnn() : half;
}

}  // namespace

struct TorchResNet20::Layers {
  Layers(const std::string& layout, int batch)
      : is_blocked(layout == "blocked"),
        format(layout == "channels last" ? at::MemoryFormat::ChannelsLast
                                         : at::MemoryFormat::Contiguous),
        images(at::randn({batch, 3, 32, 32}).contiguous(format)),
        classifier(at::randn({10, 64})) {
    add(3, 16, 1, 32);
    for (const int filters : {16, 32, 64})
      for (int i = 0; i < 6; ++i) {
        const bool is_first = filters > 16 && i == 0;
        add(is_first ? filters / 2 : filters, filters, is_first ? 2 : 1, 512 / filters);
      }
  }

  void add(int channels, int filters, int stride, int size) {
    auto weight = at::randn({filters, channels, 3, 3}).mul_(0.1).contiguous(format);
    auto bias = at::randn({filters});
    if (is_blocked) {
      const std::int64_t batch = images.size(0), input = size * stride;
      weight =
          at::mkldnn_reorder_conv2d_weight(weight.to_mkldnn(), {1, 1}, {stride, stride}, {1, 1}, 1,
                                           at::IntArrayRef({batch, channels, input, input}));
      bias = bias.to_mkldnn();
    }
    convolutions.push_back({weight, bias, stride});
  }

  at::Tensor logits() const {
    auto map = is_blocked ? images.to_mkldnn() : images;
    map = convolve(convolutions[0], map).relu_();
    for (std::size_t i = 1; i < convolutions.size(); i += 2) {
      const auto skip = convolutions[i].stride == 1 ? map : shortcut(map, is_blocked);
      map = convolve(convolutions[i + 1], convolve(convolutions[i], map).relu_());
      map = map.add_(skip).relu_();
    }
    if (is_blocked) map = map.to_dense();
    return at::linear(map.mean({2, 3}), classifier);
  }

  bool is_blocked;
  at::MemoryFormat format;
  at::Tensor images, classifier;
  std::vector<FoldedConvolution> convolutions;
};

std::vector<std::string> TorchResNet20::layouts() {
  return {"contiguous", "channels last", "blocked"};
}

TorchResNet20::TorchResNet20(const std::string& layout, int batch) {
  const at::NoGradGuard no_grad;
  layers_ = std::make_unique<Layers>(layout, batch);
}

TorchResNet20::~TorchResNet20() = default;

void TorchResNet20::run() const {
  const c10::InferenceMode inference;
  benchmark::DoNotOptimize(layers_->logits());
}

void set_torch_threads(int threads) { at::set_num_threads(threads); }

}  // namespace citrine
