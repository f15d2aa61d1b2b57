#pragma once
// Small networks that together hold every kind of layer, stride, padding, groups, residuals and
// signed codes.
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "quant/network_builder.h"

namespace citrine::testing {

struct Subject {
  std::string name;
  IntegerNetwork network;
  std::vector<std::vector<std::int16_t>> images;
};

inline Subject finish(std::string name, NetworkBuilder builder) {
  Subject subject{std::move(name), builder.finish(), {}};
  for (std::uint64_t i = 0; i < 64; ++i) subject.images.push_back(builder.image(i));
  return subject;
}

inline Subject residual_network() {
  NetworkBuilder net(1, 4, 4, 2, {NumberFormat("linear6")});
  const int a = net.convolution(0, {.filters = 2, .kernel = 3, .padding = 1});
  const int b = net.convolution(a, {.filters = 2, .kernel = 3, .padding = 1}, a);
  const int view = net.shortcut(b, 2, 4);
  const int c = net.convolution(b, {.filters = 4, .kernel = 3, .stride = 2, .padding = 1});
  const int sum = net.add(c, view, 1, 0, 1);
  const int pooled = net.pool(LayerKind::average_pool, sum, {.kernel = 2});
  net.convolution(pooled, {.filters = 7});
  return finish("residual", net);
}

inline Subject grouped_network() {
  NetworkBuilder net(4, 5, 5, 4, {NumberFormat("unsigned8")});
  const int a = net.convolution(0, {.filters = 4, .kernel = 3, .padding = 1, .groups = 4});
  const int b = net.convolution(a, {.filters = 6, .groups = 2});
  const int c = net.pool(LayerKind::max_pool, b, {.kernel = 2, .stride = 2});
  const int d = net.pool(LayerKind::average_pool, a, {.kernel = 3, .stride = 2, .padding = 1});
  const int e = net.pool(LayerKind::max_pool, d, {.kernel = 2, .stride = 1});
  const int f = net.convolution(e, {.filters = 2, .kernel = 2, .padding = 1});
  const int g = net.pool(LayerKind::max_pool, f, {.kernel = 2, .stride = 1});
  const int both = net.concat(c, g, 0, 1);
  net.convolution(both, {.filters = 8, .kernel = 2});
  return finish("grouped", net);
}

// Signed activations of few bits, windows that leave a rest, negative shifts.
inline Subject signed_network() {
  NetworkBuilder net(3, 6, 9, 1, {NumberFormat("linear5")});
  net.weight_format = NumberFormat("linear4");
  net.format = {NumberFormat("linear5"), 0.125};
  const int a = net.convolution(0, {.filters = 2, .kernel = 2, .stride = 3});
  const int b = net.convolution(0, {.filters = 2, .kernel = 3, .stride = 3, .padding = 1});
  const int sum = net.add(a, b, 0, -1, -1);
  const int c = net.pool(LayerKind::max_pool, sum, {.kernel = 3, .stride = 2, .padding = 1});
  const int d = net.concat(c, net.pool(LayerKind::average_pool, sum, {.kernel = 2}), 1, -1);
  net.convolution(d, {.filters = 4, .stride = 2});
  return finish("signed", net);
}

// Codes that read as other codes' values, formats with gaps, scales by channel.
inline Subject formats_network() {
  NetworkBuilder net(6, 4, 4, 2, {NumberFormat("magnitude5")});
  net.weight_format = NumberFormat("pot4");
  net.format = {NumberFormat("unsigned_pot4")};
  net.is_per_channel = true;
  const int a = net.convolution(0, {.filters = 3, .kernel = 2});
  net.weight_format = NumberFormat("twohot4");
  net.format = {NumberFormat("pot4")};
  const int b = net.convolution(a, {.filters = 3, .kernel = 3, .padding = 1}, a);
  net.format = {NumberFormat("magnitude6")};
  const int sum = net.add(a, b, 0, 4, 5);
  net.weight_format = NumberFormat("apot4");
  net.is_per_channel = false;
  net.convolution(sum, {.filters = 5, .kernel = 3});
  return finish("formats", net);
}

inline constexpr std::string_view kStoredFormats[] = {"unsigned4",     "unsigned6", "unsigned8",
                                                      "linear5",       "linear8",   "magnitude6",
                                                      "unsigned_pot4", "pot4"};
inline constexpr std::string_view kWeightFormats[] = {
    "linear3", "linear6", "linear8", "magnitude5", "pot3", "pot4", "twohot5", "apot4", "logsqrt4"};

// A network of random layers over square maps, in random formats.
inline Subject random_network(std::uint64_t seed) {
  const Key key = split(Key{.seed = seed, .stream = 0}, "network");
  auto pick = [&, draws = std::uint64_t{0}](int count) mutable {
    return static_cast<int>(uniform_below(key, draws++, static_cast<std::uint64_t>(count)));
  };
  const int size = 3 + pick(4);
  const auto one_of = [&](const auto& names) {
    return NumberFormat(names[static_cast<std::size_t>(pick(static_cast<int>(std::size(names))))]);
  };
  const auto stored = [&] { return TensorFormat{one_of(kStoredFormats)}; };
  const int channels = 2 * (1 + pick(2));
  NetworkBuilder net(seed, size, size, channels, stored());
  std::vector<int> layers = {0};
  for (int i = 0; i < 6; ++i) {
    const int input = layers[static_cast<std::size_t>(pick(static_cast<int>(layers.size())))];
    const auto& from = net.at(input);
    const int kernel = 1 + pick(std::min(3, from.height));
    const ConvolutionShape window{.filters = 2 * (1 + pick(3)),
                                  .kernel = kernel,
                                  .stride = 1 + pick(2),
                                  .padding = pick(kernel),
                                  .groups = 1 + pick(2)};
    net.format = stored();
    net.weight_format = one_of(kWeightFormats);
    net.is_per_channel = pick(3) == 0;
    net.overflow = static_cast<Overflow>(pick(3));
    net.missing_bits.reset();
    net.product_bits = i % 3 == 1 ? 32 : 0;
    if (pick(2) == 0) net.missing_bits = net.overflow == Overflow::never ? 0 : pick(5);
    const auto twin = std::ranges::find_if(layers, [&](int other) {
      const auto& layer = net.at(other);
      return layer.height == from.height && layer.width == from.width &&
             layer.channels == from.channels && other != input;
    });
    const int kind = pick(twin == layers.end() ? 5 : 8);
    if (kind == 0) layers.push_back(net.pool(LayerKind::max_pool, input, window));
    if (kind == 1) layers.push_back(net.pool(LayerKind::average_pool, input, window));
    if (kind == 2)
      layers.push_back(
          net.shortcut(input, window.stride, from.channels + 2 * pick(2), pick(3) - 1));
    if (kind == 3 || kind == 4) layers.push_back(net.convolution(input, window));
    if (kind == 5) layers.push_back(net.add(input, *twin, pick(3) - 1, pick(3) - 1, pick(3) - 1));
    if (kind == 6) layers.push_back(net.concat(input, *twin, pick(3) - 1, pick(3) - 1));
    if (kind == 7) {
      const ConvolutionShape same{.filters = from.channels, .kernel = 1};
      layers.push_back(net.convolution(input, same, *twin));
    }
  }
  net.is_per_channel = false;
  net.convolution(layers.back(), {.filters = 5, .kernel = net.at(layers.back()).height});
  return finish("random" + std::to_string(seed), net);
}

inline std::vector<Subject> subjects() {
  return {residual_network(), grouped_network(), signed_network(), formats_network()};
}

}  // namespace citrine::testing
