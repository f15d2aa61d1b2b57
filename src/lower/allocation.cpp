#include "lower/allocation.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>

#include "kernels/error.h"
#include "train/logits_error.h"
#include "train/train.h"

namespace citrine {
namespace {

struct Move {
  std::size_t layer = 0, format = 0;
  double error = 0, saved = 0;
};

class Greedy {
 public:
  explicit Greedy(const LayerSensitivities& sensitivities)
      : choices_(sensitivities.layers), chosen_(choices_.size(), 0), error_(sensitivities.error) {
    for (const auto& choice : choices_) cost_ += choice.costs.front();
  }

  // None if no layer can become cheaper without more error than `room`.
  std::optional<Move> best_move(double room) const {
    std::optional<Move> best;
    for (std::size_t layer = 0; layer < choices_.size(); ++layer)
      for (std::size_t format = 0; format < choices_[layer].costs.size(); ++format) {
        const auto move = this->move(layer, format);
        if (move.saved <= 0 || move.error > room) continue;
        if (!best || move.error * best->saved < best->error * move.saved) best = move;
      }
    return best;
  }

  void take(const Move& move) {
    chosen_[move.layer] = move.format;
    cost_ -= move.saved;
    error_ += move.error;
  }

  double cost() const { return cost_; }
  double error() const { return error_; }
  std::vector<std::size_t> chosen() && { return std::move(chosen_); }

 private:
  Move move(std::size_t layer, std::size_t format) const {
    const auto& [name, errors, costs] = choices_[layer];
    const auto now = chosen_[layer];
    return {layer, format, errors[format] - errors[now], costs[now] - costs[format]};
  }

  std::span<const LayerChoice> choices_;
  std::vector<std::size_t> chosen_;
  double cost_ = 0, error_;
};

class Measurement {
 public:
  Measurement(const Network& network, std::span<const float> images, std::int64_t count,
              const LayerSensitivitySettings& settings)
      : network_(network), images_(images), count_(count), settings_(settings) {
    visit_activations(network, images, count, [&](int node, std::span<const float> values) {
      if (node == network.graph.output()) wanted_.assign(values.begin(), values.end());
    });
  }

  LayerSensitivities run() const {
    const auto base = lower(network_, images_, count_, usual());
    LayerSensitivities result{.error = logits_error(base, images_, wanted_), .layers = {}};
    const auto layers = layers_of(base);
    for (const auto* layer : layers) {
      result.layers.push_back(choice(base, *layer, result.error));
      if (settings_.progress)
        settings_.progress(static_cast<int>(result.layers.size()), static_cast<int>(layers.size()));
    }
    return result;
  }

 private:
  static std::vector<const IntegerLayer*> layers_of(const IntegerNetwork& network) {
    std::vector<const IntegerLayer*> layers;
    for (const auto& layer : network.layers)
      if (layer.kind == LayerKind::convolution) layers.push_back(&layer);
    return layers;
  }

  // Has it a node of the graph to name, and no scheme of its own yet?
  bool has_choice(const IntegerLayer& layer) const {
    return network_.graph.find(layer.name) >= 0 &&
           !settings_.lower.layer_schemes.contains(layer.name);
  }

  LowerSettings usual() const {
    auto settings = settings_.lower;
    settings.scheme = settings_.schemes.front();
    return settings;
  }

  LayerChoice choice(const IntegerNetwork& base, const IntegerLayer& layer,
                     double base_error) const {
    LayerChoice choice{layer.name, {0.0}, {settings_.cost(base, layer)}};
    if (!has_choice(layer)) return choice;
    for (const auto& scheme : std::span(settings_.schemes).subspan(1)) {
      auto changed = usual();
      changed.layer_schemes.insert_or_assign(layer.name, scheme);
      const auto lowered = lower(network_, images_, count_, changed);
      choice.errors.push_back(std::max(logits_error(lowered, images_, wanted_) - base_error, 0.0));
      choice.costs.push_back(settings_.cost(
          lowered, *std::ranges::find(lowered.layers, layer.name, &IntegerLayer::name)));
    }
    return choice;
  }

  const Network& network_;
  std::span<const float> images_;
  std::int64_t count_;
  const LayerSensitivitySettings& settings_;
  std::vector<float> wanted_;  // logits of all images
};

double decibels(double error) { return -10 * std::log10(error); }

}  // namespace

std::vector<std::size_t> allocate(const LayerSensitivities& sensitivities,
                                  const AllocationLimit& limit) {
  Greedy greedy(sensitivities);
  if (limit.kind == AllocationLimit::Kind::error) {
    if (greedy.error() > limit.most)
      throw Error("the logits' ratio of signal to noise must be at least ", decibels(limit.most),
                  " dB, but is ", decibels(greedy.error()), " in the first format");
    while (const auto move = greedy.best_move(limit.most - greedy.error())) greedy.take(*move);
    return std::move(greedy).chosen();
  }
  while (greedy.cost() > limit.most) {
    const auto move = greedy.best_move(std::numeric_limits<double>::infinity());
    if (!move)
      throw Error("the cost must be within ", limit.most, ", but is ", greedy.cost(),
                  " in the cheapest formats");
    greedy.take(*move);
  }
  return std::move(greedy).chosen();
}

LayerSensitivities layer_sensitivities(const Network& network, std::span<const float> images,
                                       std::int64_t count,
                                       const LayerSensitivitySettings& settings) {
  if (settings.schemes.empty()) throw Error("an allocation must have schemes to choose from");
  return Measurement(network, images, count, settings).run();
}

}  // namespace citrine
