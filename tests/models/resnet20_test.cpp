// Published weights through the graph: what the model's wiring has to reproduce.
#include "graph/float_forward.h"
#include "published_resnet20.h"

namespace citrine {
namespace {

using testing::PublishedResNet20;

TEST_F(PublishedResNet20, ModelGivesThePublishedLogits) {
  constexpr int kImages = 8;
  const auto expected = published_logits();
  for (int i = 0; i < kImages; ++i) {
    std::vector<float> image(static_cast<std::size_t>(dataset.test.shape.elements()));
    normalize(dataset, dataset.test.image(i), image);
    const auto computed =
        testing::float_forward(network, std::vector<double>(image.begin(), image.end()));
    ASSERT_EQ(computed.size(), 10U);
    for (std::size_t k = 0; k < computed.size(); ++k)
      EXPECT_NEAR(computed[k], expected.at(static_cast<std::size_t>(i) * 10 + k), 1e-4)
          << "image " << i;  // the file's are float sums
  }
}

}  // namespace
}  // namespace citrine
