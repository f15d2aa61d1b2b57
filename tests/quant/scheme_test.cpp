#include "quant/scheme.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Scheme, NamesWeightsAndActivations) {
  const auto alone = scheme("twohot7");
  EXPECT_EQ(alone.weights.name(), "twohot7");
  EXPECT_EQ(alone.stored(true).name(), "linear8");
  EXPECT_EQ(alone.stored(false).name(), "unsigned8");
  EXPECT_FALSE(alone.is_per_channel);
  EXPECT_EQ(name_of(alone), "twohot7/linear8");
  const auto both = scheme("pot4/pot3");
  EXPECT_EQ(both.weights.name(), "pot4");
  EXPECT_EQ(both.stored(true).name(), "pot3");
  EXPECT_EQ(both.stored(false).name(), "unsigned_pot3");
}

TEST(Scheme, RefusesWhatNoLayerCanUse) {
  const auto refuse = [](const char* text, const char* part) {
    EXPECT_THAT([&] { scheme(text); }, ThrowsMessage<Error>(HasSubstr(part))) << text;
  };
  refuse("linaer8", "did you mean 'linear8'?");
  refuse("linear8/unsigned8", "did you mean 'linear8'?");
  refuse("linear8/twohot4", "unknown format of activations 'twohot4'");
  refuse("linear8/", "unknown format of activations ''");
  refuse("", "unknown number format ''");
  refuse("unsigned8", "must have a signed format");
  refuse("pot6", "at most 16 bit integers");
}

}  // namespace
}  // namespace citrine
