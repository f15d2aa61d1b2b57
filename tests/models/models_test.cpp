#include "models/models.h"

#include <gmock/gmock.h>

#include "graph/weights.h"
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
  if (GetParam().parameters > 0) {
    EXPECT_EQ(count_parameters(graph), GetParam().parameters);
  }
}

INSTANTIATE_TEST_SUITE_P(Published, KnownCounts,
                         ::testing::Values(Counts{"resnet20", 40'551'040, 269'722},
                                           Counts{"resnet32", 68'862'592, 0},
                                           Counts{"resnet44", 97'174'144, 0},
                                           Counts{"resnet56", 125'485'696, 853'018},
                                           Counts{"mobilenet_v2", 300'774'272, 3'504'872}),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(Models, StartNetworksHaveTheirSizes) {
  const std::int64_t wanted[] = {15'000, 50'000, 100'000, 400'000};
  for (int i = 0; i < 4; ++i) {
    const auto parameters =
        static_cast<double>(count_parameters(model("lemonade_" + std::to_string(i + 1))));
    EXPECT_NEAR(parameters / static_cast<double>(wanted[i]), 1, 0.5) << i + 1;
  }
}

TEST(Models, TakeOtherImagesAndClasses) {
  for (const auto& name : model_names()) {
    if (name == "mobilenet_v2") continue;
    EXPECT_EQ(model(name, {.input = Shape{28, 28, 1}, .classes = 43}).classes(), 43) << name;
  }
}

TEST(Models, NameTheNearest) {
  EXPECT_THAT([] { model("resnet21"); },
              ::testing::ThrowsMessage<Error>(::testing::HasSubstr("did you mean 'resnet20'")));
}

}  // namespace
}  // namespace citrine
