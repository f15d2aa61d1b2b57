// Every built-in network runs on LibTorch as in the reference, which knows the graph alone.
#include <cmath>

#include <gtest/gtest.h>

#include "graph/float_forward.h"
#include "models/models.h"
#include "train/float_module.h"

namespace citrine {
namespace {

TEST(BuiltInModels, RunAsTheReference) {
  constexpr Shape kInput = {8, 8, 3};
  std::vector<float> image(static_cast<std::size_t>(kInput.elements()));
  for (std::size_t i = 0; i < image.size(); ++i)
    image[i] = static_cast<float>(std::sin(static_cast<double>(i)));
  for (const auto& name : model_names()) {
    const auto graph = model(name, {.input = kInput, .classes = 10});
    const Network network{graph, random_weights(graph, {1, 2})};
    const auto logits = FloatModule(network, "cpu").logits(image);
    const auto expected =
        testing::float_forward(network, std::vector<double>(image.begin(), image.end()));
    ASSERT_EQ(logits.size(), expected.size());
    double size = 0;
    for (const double value : expected) size = std::max(size, std::abs(value));
    for (std::size_t i = 0; i < logits.size(); ++i)  // float sums of up to a few hundred layers
      EXPECT_NEAR(logits[i], expected[i], 1e-4 * size) << name;
  }
}

}  // namespace
}  // namespace citrine
