#include "lower/tuning.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "lower/lower.h"
#include "lower/random_graph.h"
#include "quant/forward.h"
#include "train/quantized_module.h"
#include "train/toy_data.h"
#include "train/tune.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;

std::vector<float> noise(const Shape& shape, std::int64_t count) {
  std::vector<float> images(static_cast<std::size_t>(shape.elements() * count));
  for (std::size_t i = 0; i < images.size(); ++i) images[i] = static_cast<float>(normal({8, 9}, i));
  return images;
}

std::vector<float> integer_logits(const IntegerNetwork& network, std::span<const float> images) {
  const auto count = static_cast<std::int64_t>(images.size()) / network.input().elements();
  std::vector<float> values;
  for (const auto logit :
       logits(network, encode_inputs(network, images), count, *make_backend("cpu")))
    values.push_back(static_cast<float>(logit * logit_step(network)));
  return values;
}

constexpr std::int64_t kImages = 16;

struct Lowered {
  std::vector<float> images;
  IntegerNetwork network;
  LatentNetwork latent;
};

Lowered lowered(const Network& network, const LowerSettings& settings) {
  Lowered result{
      .images = noise(network.graph.input_shape(), kImages), .network = {}, .latent = {}};
  result.network = lower(network, result.images, kImages, settings);
  result.latent = latent_network(network, result.network);
  return result;
}

LowerSettings settings_of(const std::string& name, bool is_per_channel = false) {
  LowerSettings settings{.scheme = scheme(name)};
  settings.scheme.is_per_channel = is_per_channel;
  return settings;
}

const std::vector<std::string> kSchemes = {"linear8",    "linear3",  "linear4/linear6",
                                           "pot4/pot4",  "pot3",     "twohot4/linear5",
                                           "apot4/pot3", "logsqrt4", "magnitude5"};

TEST(Tuning, TheLatentValuesRoundToTheLoweredNetwork) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  for (const auto& name : kSchemes)
    for (const bool is_per_channel : {false, true}) {
      const auto subject = lowered(network, settings_of(name, is_per_channel));
      EXPECT_EQ(fingerprint(rounded(subject.latent)), fingerprint(subject.network)) << name;
    }
}

// Sums of products of integers below 2^24 are exact in float, and so are steps that are powers of
// two: the twin rounds what the integer network rounds.
TEST(Tuning, TheTwinHasTheExactLogits) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  for (const auto& name : kSchemes)
    for (const bool is_per_channel : {false, true}) {
      const auto subject = lowered(network, settings_of(name, is_per_channel));
      EXPECT_EQ(QuantizedModule(subject.latent).logits(subject.images),
                integer_logits(subject.network, subject.images))
          << name;
    }
}

TEST(Tuning, TheTwinsOfRandomNetworksHaveTheExactLogits) {
  for (std::uint64_t i = 0; i < 20; ++i) {
    const auto subject = lowered(testing::random_network({21, i}), settings_of("linear6/linear6"));
    EXPECT_EQ(QuantizedModule(subject.latent).logits(subject.images),
              integer_logits(subject.network, subject.images))
        << "random network " << i;
  }
}

double relative_error(std::span<const float> got, std::span<const float> wanted) {
  double difference = 0, square = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    difference += std::pow(double{got[i]} - double{wanted[i]}, 2);
    square += std::pow(double{wanted[i]}, 2);
  }
  return difference / square;
}

// Values that lie between two integers but for the rounding of floats may go either way.
TEST(Tuning, TheTwinIsCloseWhereStepsAreFree) {
  const auto network = testing::mixed_network({8, 8, 3}, 5);
  for (const auto& name : kSchemes) {
    auto settings = settings_of(name);
    settings.steps = StepKind::free;
    const auto subject = lowered(network, settings);
    EXPECT_TRUE(subject.latent.has_free_steps);
    EXPECT_LT(relative_error(QuantizedModule(subject.latent).logits(subject.images),
                             integer_logits(rounded(subject.latent), subject.images)),
              1e-4)
        << name;
  }
}

class TuningOfQuadrants : public ::testing::Test {
 protected:
  LatentNetwork start(const std::string& name) const {
    std::vector<float> images(64 * 64);
    for (std::size_t i = 0; i < 64; ++i)
      normalize(dataset, dataset.train.image(static_cast<std::int64_t>(i)),
                std::span(images).subspan(i * 64, 64));
    return latent_network(network, lower(network, images, 64, settings_of(name)));
  }
  TuneResult tuned(const LatentNetwork& from, const TuneSettings& settings,
                   Key key = {1, 2}) const {
    return tune(from, network, dataset, indices, settings, key);
  }
  std::string failure(const TuneSettings& settings = {}) {
    try {
      tuned(start("linear8"), settings);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  Dataset dataset = testing::quadrants(64);
  Network network = testing::mixed_network({8, 8, 1}, 4);
  std::vector<std::uint32_t> indices = testing::all_of(dataset.train);
  TuneSettings few{.epochs = 40, .batch = 16, .rate = 0.01, .augmentation = {.crop_padding = 0}};
};

TEST_F(TuningOfQuadrants, LowersTheErrorOfTheExactLogits) {
  for (const auto* name : {"linear3", "pot3", "twohot4/linear4"}) {
    const auto result = tuned(start(name), few);
    EXPECT_LT(result.error, 0.95 * result.start_error) << name;
  }
}

TEST_F(TuningOfQuadrants, TunesFreeSteps) {
  auto from = start("linear3/linear4");
  const auto powers_of_two = tuned(from, few);
  from.has_free_steps = true;
  const auto free = tuned(from, few);
  EXPECT_LT(free.error, free.start_error);
  EXPECT_FALSE(latent_network(powers_of_two.network).has_free_steps);
  EXPECT_TRUE(latent_network(free.network).has_free_steps);
}

TEST_F(TuningOfQuadrants, TheSameKeyGivesTheSameNetwork) {
  const auto from = start("linear4");
  const auto first = tuned(from, few), again = tuned(from, few), other = tuned(from, few, {3, 4});
  EXPECT_EQ(fingerprint(first.network), fingerprint(again.network));
  EXPECT_NE(fingerprint(first.network), fingerprint(other.network));
}

TEST_F(TuningOfQuadrants, IsNeverWorseThanItsStart) {
  const auto from = start("linear8");
  auto wild = few;
  wild.rate = 10;
  const auto result = tuned(from, wild);
  EXPECT_EQ(fingerprint(result.network), fingerprint(rounded(from)));
  EXPECT_EQ(result.error, result.start_error);
}

TEST_F(TuningOfQuadrants, TakesASingleImage) {
  const auto from = start("linear3");
  indices = {5};
  const auto result = tuned(from, few);
  EXPECT_LE(result.error, result.start_error);
}

TEST_F(TuningOfQuadrants, RefusesWhatDoesNotFit) {
  EXPECT_THAT(failure({.batch = 0}), HasSubstr("batch must be at least 1, got 0"));
  EXPECT_THAT(failure({.epochs = -1}), HasSubstr("epochs must be at least 0, got -1"));
  EXPECT_THAT(failure({.rate = NAN}), HasSubstr("rates must be at least 0, got nan"));
  indices = {64};
  EXPECT_THAT(failure(), HasSubstr("image 64 must be below 64"));
  indices = {};
  EXPECT_THAT(failure(), HasSubstr("tuning needs at least one image"));
}

TEST_F(TuningOfQuadrants, RefusesImagesOfAnotherShape) {
  const auto from = start("linear8");
  dataset.train.shape = {4, 16, 1};
  EXPECT_THROW(tuned(from, {}), Error);
}

TEST_F(TuningOfQuadrants, RefusesAReferenceThatIsNotFinite) {
  const auto from = start("linear8");
  dataset.deviation = {0};
  EXPECT_THROW(tuned(from, {}), Error);
}

TEST(Tuning, RefusesAnIntegerNetworkOfAnotherGraph) {
  const auto subject = lowered(testing::mixed_network({8, 8, 3}, 5), settings_of("linear8"));
  EXPECT_THROW(latent_network(testing::random_network({21, 1}), subject.network), Error);
}

}  // namespace
}  // namespace citrine
