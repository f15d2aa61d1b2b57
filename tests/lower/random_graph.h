#pragma once
// Small random networks of every operation that has an integer form.
#include <string>
#include <vector>

#include "graph/graph_builder.h"
#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine::testing {

// Grows a graph from maps of one size; every map made is read by someone in the end.
class RandomGraph {
 public:
  explicit RandomGraph(Key key) : key_(key), builder_({8, 8, 2}) {}

  Graph build() && {
    int map = builder_.convolution(
        name(), 0, {.channels = kChannels, .kernel = 3, .padding = 1, .has_bias = true});
    for (int step = 0; step < 6; ++step) map = grow(map);
    const int pooled = builder_.add(name(), {.kind = OpKind::global_average_pool}, {map});
    const int last = convolve(pooled, 1);
    const int kind = draw(3);
    if (kind == 0) builder_.fully_connected(name(), last, 4);
    if (kind == 1) builder_.add(name(), {.kind = OpKind::add}, {pooled, last});
    return std::move(builder_).build();
  }

 private:
  static constexpr int kChannels = 4;

  int draw(int bound) {
    return static_cast<int>(uniform_below(key_, drawn_++, static_cast<std::uint64_t>(bound)));
  }
  std::string name() { return "n" + std::to_string(named_++); }

  int convolve(int from, int kernel, int groups = 1) {
    return builder_.convolution(name(), from,
                                {.channels = kChannels,
                                 .kernel = kernel,
                                 .padding = kernel / 2,
                                 .groups = groups,
                                 .has_bias = draw(2) == 0});
  }

  int grow(int from) {
    switch (draw(9)) {
      case 0:
        return builder_.relu(name(), convolve(from, 3));
      case 1:
        return builder_.relu6(name(), builder_.batch_norm(name(), convolve(from, 1)));
      case 2:
        return convolve(from, 3, kChannels);
      case 3:
        return builder_.batch_norm(name(), from);
      case 4:
        return builder_.relu(
            name(), builder_.add(name(), {.kind = OpKind::add}, {convolve(from, 3), from}));
      case 5:
        return builder_.add(name(), {.kind = OpKind::add},
                            {from, builder_.relu(name(), from), convolve(from, 1)});
      case 6:
        return convolve(builder_.add(name(), {.kind = OpKind::concat},
                                     {from, convolve(from, 1), builder_.relu(name(), from)}),
                        1);
      case 7:
        return builder_.add(name(),
                            {.kind = draw(2) == 0 ? OpKind::max_pool : OpKind::average_pool,
                             .kernel = 3,
                             .padding = 1},
                            {from});
      default:
        return builder_.add(name(), {.kind = OpKind::identity}, {from});
    }
  }

  Key key_;
  std::uint64_t drawn_ = 0;
  int named_ = 0;
  GraphBuilder builder_;
};

inline Network random_network(Key key) {
  auto graph = RandomGraph(key).build();
  auto weights = random_weights(graph, key);
  for (auto& [name, tensor] : weights)
    if (tensor.shape.size() == 1)
      for (std::size_t i = 0; i < tensor.values.size(); ++i)
        tensor.values[i] += 0.3F * static_cast<float>(uniform(split(key, name.c_str()), i));
  return {std::move(graph), std::move(weights)};
}

}  // namespace citrine::testing
