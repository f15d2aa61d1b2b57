#include "quant/prepared_network.h"

#include <algorithm>

#include <tbb/blocked_range.h>
#include <tbb/enumerable_thread_specific.h>
#include <tbb/parallel_for.h>

#include "kernels/error.h"
#include "kernels/requantization.h"
#include "quant/prepared_layer.h"

namespace citrine {
namespace {

// Images of a chunk are computed layer by layer: what one layer stores must stay in the cache.
constexpr std::size_t kMostChunkImages = 4;

}  // namespace

class PreparedNetwork::Program {
 public:
  virtual ~Program() = default;
  virtual Activations forward(std::span<const std::int16_t> image) const = 0;
  // Of up to kMostChunkImages images.
  virtual void logits(std::span<const std::int16_t> images, std::span<std::int32_t> to) const = 0;
  virtual std::vector<std::int32_t> logits(std::span<const std::int16_t> image,
                                           const Alteration& alteration) const = 0;
};

namespace {

// What a thread computes with.
template <class Element>
struct Workspace {
  LayerMaps<Element> maps;
  AlignedVector<std::int32_t> sums;  // of one layer of an altered run
};

template <class Element>
class ElementProgram : public PreparedNetwork::Program {
 public:
  explicit ElementProgram(const IntegerNetwork& network)
      : network_(network), workspaces_([&network] {
          return Workspace<Element>{make_layer_maps<Element>(network, int{kMostChunkImages}), {}};
        }) {
    for (std::size_t i = 1; i < network.layers.size(); ++i)
      layers_.emplace_back(network, i, workspaces_.local().maps);
  }

  Activations forward(std::span<const std::int16_t> image) const override {
    check_codes(image);
    auto& maps = workspaces_.local().maps;
    maps[0].load(image.data(), 1);
    Activations run;
    run.stored.emplace_back(image.begin(), image.end());
    run.sums.resize(network_.layers.size());
    for (std::size_t i = 1; i < maps.size(); ++i) {
      layers_[i - 1].run(maps, 1, room_for_sums(i, run.sums[i]));
      auto& stored = run.stored.emplace_back(elements(i));
      maps[i].unload(0, stored.data());
    }
    run.stored.emplace_back();
    run.logits.resize(elements(maps.size()));
    layers_.back().sum(maps, 1, run.logits.data());
    return run;
  }

  std::vector<std::int32_t> logits(std::span<const std::int16_t> image,
                                   const Alteration& alteration) const override {
    check_codes(image);
    auto& [maps, sums] = workspaces_.local();
    maps[0].load(image.data(), 1);
    std::vector<std::size_t> altered_layers;
    for (std::size_t i = 1; i < maps.size(); ++i) {
      const auto altered = alteration.altered(i);
      auto* kept = altered == Altered::with_sums ? room_for_sums(i, sums) : nullptr;
      layers_[i - 1].run(maps, 1, kept);
      if (altered == Altered::nothing) continue;
      alteration.alter(i, layer_run(i, maps, kept));
      altered_layers.push_back(i);
    }
    std::vector<std::int32_t> logits(elements(maps.size()));
    layers_.back().sum(maps, 1, logits.data());
    if (alteration.altered(maps.size()) != Altered::nothing)
      alteration.alter(maps.size(), layer_run(maps.size(), maps, logits.data()));
    for (const auto i : altered_layers) fill_unwritten(network_.layers[i], maps[i]);
    return logits;
  }

  void logits(std::span<const std::int16_t> images, std::span<std::int32_t> to) const override {
    check_codes(images);
    const int count =
        static_cast<int>(static_cast<std::int64_t>(to.size()) / network_.output().elements());
    auto& maps = workspaces_.local().maps;
    maps[0].load(images.data(), count);
    for (std::size_t i = 0; i + 1 < layers_.size(); ++i) layers_[i].run(maps, count);
    layers_.back().sum(maps, count, to.data());
  }

 private:
  void check_codes(std::span<const std::int16_t> images) const {
    const auto& input = network_.input();
    for (const auto code : images)
      if (code < input.low || code > input.high)
        throw Error("an image must have codes from ", input.low, " to ", input.high, ", got ",
                    code);
  }

  std::size_t elements(std::size_t layer) const {
    return static_cast<std::size_t>(network_.layers[layer].elements());
  }
  // None of a layer without weights.
  std::int32_t* room_for_sums(std::size_t layer, AlignedVector<std::int32_t>& sums) const {
    if (network_.layers[layer].kind != LayerKind::convolution) return nullptr;
    sums.resize(elements(layer) + kVectorSlack);
    return sums.data();
  }
  LayerRun layer_run(std::size_t index, LayerMaps<Element>& maps, std::int32_t* sums) const {
    const auto& inputs = network_.layers[index].inputs;
    LayerRun run{.input = MapView(maps[static_cast<std::size_t>(inputs[0])]),
                 .residual = {},
                 .stored = {},
                 .sums = sums};
    if (inputs.size() > 1) run.residual.emplace(maps[static_cast<std::size_t>(inputs[1])]);
    if (index < maps.size()) run.stored.emplace(maps[index]);
    return run;
  }

  const IntegerNetwork& network_;
  std::vector<PreparedLayer<Element>> layers_;  // without the input
  mutable tbb::enumerable_thread_specific<Workspace<Element>> workspaces_;
};

}  // namespace

PreparedNetwork::PreparedNetwork(const IntegerNetwork& network) : network_(network) {
  if (fits_bytes(network))
    program_ = std::make_unique<ElementProgram<std::uint8_t>>(network);
  else
    program_ = std::make_unique<ElementProgram<std::int16_t>>(network);
}

PreparedNetwork::~PreparedNetwork() = default;

Activations PreparedNetwork::forward(std::span<const std::int16_t> image) const {
  check_image(network_, image);
  return program_->forward(image);
}

std::vector<std::int32_t> PreparedNetwork::logits(std::span<const std::int16_t> image,
                                                  const Alteration& alteration) const {
  check_image(network_, image);
  return program_->logits(image, alteration);
}

std::vector<std::int32_t> PreparedNetwork::logits(std::span<const std::int16_t> images,
                                                  std::int64_t count) const {
  check_images(network_, images, count);
  const auto size = static_cast<std::size_t>(network_.input().elements());
  const auto classes = static_cast<std::size_t>(network_.output().elements());
  std::vector<std::int32_t> all(classes * static_cast<std::size_t>(count));
  const auto run_chunk = [&](std::size_t first, std::size_t last) {
    program_->logits(images.subspan(first * size, (last - first) * size),
                     std::span(all).subspan(first * classes, (last - first) * classes));
  };
  const tbb::blocked_range<std::size_t> whole(0, static_cast<std::size_t>(count));
  tbb::parallel_for(whole, [&](const tbb::blocked_range<std::size_t>& range) {
    for (auto first = range.begin(); first < range.end(); first += kMostChunkImages)
      run_chunk(first, std::min(first + kMostChunkImages, range.end()));
  });
  return all;
}

}  // namespace citrine
