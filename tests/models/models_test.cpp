#include "models/models.h"

#include <algorithm>
#include <set>

#include <gmock/gmock.h>

#include "kernels/error.h"

namespace citrine {
namespace {

struct Counts {
  const char* name;
  std::int64_t macs, parameters;
};

class KnownCounts : public ::testing::TestWithParam<Counts> {};

TEST_P(KnownCounts, HoldExactly) {
  const auto graph = model(GetParam().name);
  EXPECT_EQ(count_macs(graph), GetParam().macs);
  EXPECT_EQ(count_parameters(graph), GetParam().parameters);
}

// Twelve layers more are two blocks a stage: each 2 * 9 c^2 weights and 4 c of batch norm, with c
// 16, 32, 64.
constexpr std::int64_t kTwelveLayers =
    2 * (18 * (16 * 16 + 32 * 32 + 64 * 64) + 4 * (16 + 32 + 64));

INSTANTIATE_TEST_SUITE_P(Published, KnownCounts,
                         ::testing::Values(Counts{"resnet20", 40'551'040, 269'722},
                                           Counts{"resnet32", 68'862'592, 269'722 + kTwelveLayers},
                                           Counts{"resnet44", 97'174'144,
                                                  269'722 + 2 * kTwelveLayers},
                                           Counts{"resnet56", 125'485'696, 853'018},
                                           Counts{"mobilenet_v2", 300'774'272, 3'504'872},
                                           Counts{"nasnet_a_mobile", 563'638'816, 5'289'978},
                                           Counts{"nasnet_a_cifar", 544'333'312, 3'346'538}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Models, StartNetworksHaveTheirSizes) {
  const std::int64_t wanted[] = {15'000, 50'000, 100'000, 400'000};
  for (int i = 0; i < 4; ++i) {
    const auto parameters =
        static_cast<double>(count_parameters(model("lemonade_" + std::to_string(i + 1))));
    EXPECT_NEAR(parameters / static_cast<double>(wanted[i]), 1, 0.05) << i + 1;
  }
}

bool is_separable(const Graph& graph) {
  return std::ranges::any_of(graph.nodes(), [](const Node& node) { return node.op.groups > 1; });
}

TEST(Models, TwoStartNetworksAreSeparable) {
  int separable = 0;
  for (const char* name : {"lemonade_1", "lemonade_2", "lemonade_3", "lemonade_4"})
    separable += is_separable(model(name));
  EXPECT_EQ(separable, 2);
}

// Sides of the maps that convolutions write.
std::set<int> sides(const Graph& graph) {
  std::set<int> found;
  for (int i = 1; i < graph.size(); ++i)
    if (graph.node(i).op.kind == OpKind::convolution) found.insert(graph.shape(i).height);
  return found;
}

TEST(Models, HaveTheirResolutions) {
  const std::set<int> three = {8, 16, 32};
  for (const char* name :
       {"resnet20", "resnet56", "lemonade_1", "lemonade_2", "lemonade_3", "lemonade_4"})
    EXPECT_EQ(sides(model(name)), three) << name;
  EXPECT_EQ(sides(model("mobilenet_v2")), (std::set<int>{7, 14, 28, 56, 112}));
  EXPECT_EQ(sides(model("mobilenet_v2_cifar")), (std::set<int>{4, 8, 16, 32}));
  EXPECT_EQ(sides(model("nasnet_a_mobile")), (std::set<int>{7, 14, 28, 56, 111}));
}

// Option A: every second pixel, a quarter of the new channels zero on either side.
TEST(Models, ResNetShortcutsHaveNoParameters) {
  const auto graph = model("resnet56");
  int shortcuts = 0;
  for (const auto& node : graph.nodes())
    if (node.op.kind == OpKind::shortcut) {
      EXPECT_EQ(node.op.stride, 2);
      EXPECT_EQ(node.op.channels, 2 * graph.shape(node.inputs[0]).channels);
      ++shortcuts;
    }
  EXPECT_EQ(shortcuts, 2);
}

TEST(Models, TakeOtherImagesAndClasses) {
  for (const auto& name : model_names())
    for (const auto& [input, classes] :
         {std::pair{Shape{28, 28, 1}, 10}, std::pair{Shape{32, 32, 3}, 43}}) {
      const auto graph = model(name, {.input = input, .classes = classes});
      EXPECT_EQ(graph.input_shape(), input) << name;
      EXPECT_EQ(graph.shape(graph.output()), (Shape{1, 1, classes})) << name;
    }
}

TEST(Models, DifferFromEachOther) {
  std::set<std::string> hashes;
  for (const auto& name : model_names()) hashes.insert(canonical_hash(model(name)));
  EXPECT_EQ(hashes.size(), model_names().size());
}

TEST(Models, RefuseImagesThatVanish) {
  EXPECT_THAT(
      [] {
        model("lemonade_2", {.input = Shape{3, 3, 1}, .classes = 10});
      },
      ::testing::ThrowsMessage<Error>(::testing::HasSubstr("pool2: a 2x2 window")));
  EXPECT_THAT([] { model("resnet20", {.input = std::nullopt, .classes = 0}); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("linear: channels must be in")));
}

TEST(Models, NameTheNearest) {
  EXPECT_THAT([] { model("resnet21"); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("did you mean 'resnet20'")));
}

}  // namespace
}  // namespace citrine
