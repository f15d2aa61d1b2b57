#pragma once
// Random networks with trained-looking weights: blocks as in practice, gray and colour images.
#include <string>
#include <utility>
#include <vector>

#include "graph/graph_builder.h"
#include "graph/random_graph.h"
#include "graph/weights.h"

namespace citrine::testing {

class RandomBlocks {
 public:
  explicit RandomBlocks(Key key)
      : draws_(key), builder_(Shape{6, 5 + draws_.below(2), 1 + 2 * draws_.below(2)}) {}

  Graph build() && {
    int x = layer(0, 4);
    for (int block = 1 + draws_.below(4); block > 0; --block) x = grow(x);
    return finish(x);
  }

 private:
  std::string name() { return "n" + std::to_string(next_++); }
  bool by_chance() { return draws_.below(2) == 0; }

  int rectified(int from) {
    return by_chance() ? builder_.relu(name(), from) : builder_.relu6(name(), from);
  }

  int convolution(int from, int channels, int groups = 1) {
    const int kernel = 1 + 2 * draws_.below(2);
    return builder_.convolution(name(), from,
                                {.channels = channels,
                                 .kernel = kernel,
                                 .padding = kernel / 2,
                                 .groups = groups,
                                 .has_bias = by_chance()});
  }

  int layer(int from, int channels, int groups = 1) {
    channels_ = channels;
    const int x = convolution(from, channels, groups);
    return rectified(by_chance() ? builder_.batch_norm(name(), x) : x);
  }

  int pooled(int from) {
    if (is_small_) return from;
    is_small_ = true;
    const auto kind = by_chance() ? OpKind::max_pool : OpKind::average_pool;
    return builder_.add(name(), {.kind = kind, .kernel = 2, .stride = 2}, {from});
  }

  int residual(int from) {
    const int branch = builder_.batch_norm(name(), convolution(layer(from, channels_), channels_));
    const auto inputs = by_chance() ? std::vector{branch, from} : std::vector{from, branch, from};
    return rectified(builder_.add(name(), {.kind = OpKind::add}, inputs));
  }

  int joined(int from) {
    const int channels = channels_;
    const int branch = layer(from, 3);
    channels_ = channels + 3;
    const int both = builder_.add(name(), {.kind = OpKind::concat}, {branch, from});
    return by_chance() ? both : layer(both, 4);
  }

  int projected(int from) {
    const Operation op = {.kind = OpKind::shortcut, .channels = channels_ + 2};
    return layer(builder_.add(name(), op, {from}), 4);
  }

  int grow(int x) {
    switch (draws_.below(7)) {
      case 0:
        return layer(x, 1 + draws_.below(6));
      case 1:
        return layer(x, channels_, channels_);
      case 2:
        return joined(x);
      case 3:
        return pooled(x);
      case 4:
        return layer(layer(x, 4), 6, 2);
      case 5:
        return projected(x);
      default:
        return residual(x);
    }
  }

  // Classifier on the mean or on the whole map, at times with a hidden layer.
  Graph finish(int x) {
    if (by_chance()) x = builder_.add(name(), {.kind = OpKind::global_average_pool}, {x});
    if (by_chance()) x = builder_.relu(name(), builder_.fully_connected(name(), x, 5));
    builder_.fully_connected("logits", x, 3);
    return std::move(builder_).build();
  }

  Draws draws_;
  GraphBuilder builder_;
  int next_ = 1, channels_ = 0;
  bool is_small_ = false;
};

// He-like weights, none of them zero, and statistics as if trained.
inline Network with_random_weights(const Graph& graph, Key key) {
  Network network{graph, random_weights(graph, key)};
  std::uint64_t drawn = 0;
  for (auto& [name, tensor] : network.weights) {
    const bool is_positive = name.ends_with("running_var");
    if (tensor.shape.size() > 1) continue;
    for (float& value : tensor.values) {
      const double draw = uniform(key, drawn++);
      value = static_cast<float>(is_positive ? 0.2 + 2 * draw : 2.4 * draw - 0.9);
    }
  }
  return network;
}

inline Network random_network(Key key) {
  return with_random_weights(RandomBlocks(split(key, "graph")).build(), split(key, "weights"));
}

inline std::vector<double> random_image(const Shape& shape, Key key) {
  std::vector<double> image;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(shape.elements()); ++i)
    image.push_back(normal(key, i));
  return image;
}

}  // namespace citrine::testing
