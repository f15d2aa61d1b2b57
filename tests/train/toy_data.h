#pragma once
// A small data set that a network can learn, and a small network with every operation.
#include <numeric>
#include <vector>

#include "data/dataset.h"
#include "graph/graph_builder.h"
#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine::testing {

// Gray 8x8 images whose class is the brightest quadrant.
inline Dataset quadrants(int count) {
  Dataset dataset;
  dataset.name = "quadrants";
  dataset.mean = {0.4F};
  dataset.deviation = {0.25F};
  dataset.may_flip = false;
  auto& set = dataset.train;
  set.shape = {8, 8, 1};
  set.classes = 4;
  const Key key{7, 1};
  for (int image = 0; image < count; ++image) {
    const int label = image % 4;
    set.labels.push_back(static_cast<std::uint8_t>(label));
    for (int pixel = 0; pixel < 64; ++pixel) {
      const int quadrant = pixel / 32 * 2 + pixel % 8 / 4;
      const auto noise = uniform_below(key, static_cast<std::uint64_t>(image * 64 + pixel), 100);
      set.pixels.push_back(static_cast<std::uint8_t>(noise + (quadrant == label ? 100 : 0)));
    }
  }
  dataset.test = set;
  return dataset;
}

inline std::vector<std::uint32_t> all_of(const ImageSet& set) {
  std::vector<std::uint32_t> indices(static_cast<std::size_t>(set.count()));
  std::iota(indices.begin(), indices.end(), 0U);
  return indices;
}

// Residual sum with an option-A shortcut, concatenation, both pools, a depthwise convolution.
inline Graph mixed_graph(Shape input, int classes) {
  GraphBuilder builder(input);
  const int stem = builder.conv_bn_relu("stem", 0, {.channels = 8, .kernel = 3, .padding = 1});
  const int a =
      builder.conv_bn_relu("a", stem, {.channels = 8, .kernel = 3, .padding = 1, .groups = 8});
  const int b = builder.batch_norm(
      "b.bn",
      builder.convolution("b", a, {.channels = 16, .kernel = 3, .stride = 2, .padding = 1}));
  const int skip =
      builder.add("skip", {.kind = OpKind::shortcut, .channels = 16, .stride = 2}, {stem});
  const int sum = builder.relu("sum.relu", builder.add("sum", {.kind = OpKind::add}, {b, skip}));
  const int most = builder.add("most", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {sum});
  const int mean =
      builder.add("mean", {.kind = OpKind::average_pool, .kernel = 2, .stride = 2}, {sum});
  const int both = builder.add("both", {.kind = OpKind::concat}, {most, mean});
  const int six = builder.relu6("six", builder.batch_norm("norm", both));
  const int pooled = builder.add("pooled", {.kind = OpKind::global_average_pool}, {six});
  builder.fully_connected("classify", pooled, classes);
  return std::move(builder).build();
}

inline Network mixed_network(Shape input, int classes, Key key = {3, 4}) {
  auto graph = mixed_graph(input, classes);
  auto weights = random_weights(graph, key);
  return {std::move(graph), std::move(weights)};
}

}  // namespace citrine::testing
