#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "models/models.h"
#include "objectives/cost.h"
#include "objectives/sensitivity.h"

namespace citrine {
namespace {

// docs/method.md: 16x16x8, 16x16x16 with a 2x2 max-pool behind, 8x8x32, 4x4x32, global average,
// fully connected 64.
TEST(Sensitivity, ChainByHand) {
  GraphBuilder builder({16, 16, 3});
  int x = builder.conv_bn_relu("c1", 0, {.channels = 8, .kernel = 3, .padding = 1});
  x = builder.conv_bn_relu("c2", x, {.channels = 16, .kernel = 3, .padding = 1});
  x = builder.add("p", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {x});
  x = builder.conv_bn_relu("c3", x, {.channels = 32, .kernel = 3, .padding = 1});
  x = builder.conv_bn_relu("c4", x, {.channels = 32, .kernel = 3, .stride = 2, .padding = 1});
  x = builder.relu("f.relu",
                   builder.fully_connected(
                       "f", builder.add("g", {.kind = OpKind::global_average_pool}, {x}), 64));
  builder.fully_connected("logits", x, 10);
  const auto index = sensitivity(std::move(builder).build());
  ASSERT_EQ(index.layers.size(), 5U);
  EXPECT_NEAR(index.mean, 39.0 / 10240, 1e-15);
}

TEST(Sensitivity, ResNet20AsDocumented) {
  const auto index = sensitivity(model("resnet20"));
  EXPECT_EQ(index.layers.size(), 19U);
  EXPECT_NEAR(index.mean, 65.0 / 622592, 1e-15);
  EXPECT_NEAR(index.variance, 109.0 / 65536, 1e-15);
  EXPECT_NEAR(index.single, 29.0 / 376832, 1e-15);
}

TEST(Cost, MoreBufferNeverMovesMoreAndUnlimitedIsCompulsory) {
  const auto graph = model("resnet20");
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (std::int64_t buffer = 4 << 10; buffer <= std::int64_t{16} << 20; buffer *= 2) {
    const auto now = cost(graph, {.buffer_bytes = buffer});
    EXPECT_LE(now.transfer_bytes, least);
    least = now.transfer_bytes;
  }
  EXPECT_EQ(cost(graph, {.buffer_bytes = std::int64_t{1} << 40}).transfer_bytes, least);
  EXPECT_EQ(cost(graph).operations, 2 * 40'551'040);
}

}  // namespace
}  // namespace citrine
