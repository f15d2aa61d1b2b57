#include "faultsim/campaign.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <memory>
#include <set>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <tbb/global_control.h>

#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "faultsim/outcome.h"
#include "kernels/error.h"
#include "quant/forward.h"
#include "quant/networks.h"
#include "resnet20.h"

namespace citrine::testing {
namespace {

constexpr std::array kAllSites = {
    Site::weight_operand,  Site::activation_operand, Site::product,          Site::accumulator,
    Site::output_register, Site::weight_memory,      Site::activation_memory};

CampaignImages images_of(const Subject& subject, std::size_t count) {
  CampaignImages images;
  for (std::size_t i = 0; i < count; ++i) {
    images.codes.insert(images.codes.end(), subject.images[i].begin(), subject.images[i].end());
    images.labels.push_back(static_cast<std::uint8_t>(i % 3));
  }
  return images;
}

CampaignSettings settings_of(std::uint64_t trials,
                             std::vector<Site> sites = {kAllSites.begin(), kAllSites.end()}) {
  CampaignSettings settings;
  settings.sites = std::move(sites);
  settings.trials = trials;
  settings.rates = {0, 1e-3, 0.05, 1};
  settings.curve_seeds = 3;
  settings.seed = 7;
  return settings;
}

class CampaignTest : public ::testing::Test {
 protected:
  Campaign campaign(CampaignSettings settings, std::size_t images = 6) const {
    return Campaign(subject.network, images_of(subject, images), std::move(settings), *backend);
  }
  // Counts what run(image) classifies differently from the labels and from the fault-free run.
  template <class Run>
  void expect_classes(const CurvePoint& point, Run run) const {
    const auto labels = images_of(subject, point.images).labels;
    std::uint32_t wrong = 0, changed = 0;
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const auto& image = subject.images[i];
      const auto top = top_class(run(image).logits);
      wrong += top != labels[i] ? 1 : 0;
      changed += top != top_class(forward(subject.network, image, *backend).logits) ? 1 : 0;
    }
    EXPECT_EQ(point.wrong, wrong);
    EXPECT_EQ(point.changed, changed);
    EXPECT_NE(wrong, changed);  // else the two could stand for each other
    EXPECT_GT(changed, 0U);
  }

  const Subject subject = residual_network();
  const std::unique_ptr<Backend> backend = make_backend("cpu");
};

TEST_F(CampaignTest, RowsAreTheEngines) {
  const auto runs = campaign(settings_of(40));
  const Engine engine(subject.network, *backend);
  const auto rows = runs.run(0, runs.rows());
  ASSERT_EQ(rows.size(), 7U * 40);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto drawn = runs.draw(i);
    EXPECT_EQ(rows[i].fault, drawn.fault);
    EXPECT_EQ(rows[i].fault.site, kAllSites[i / 40]);
    EXPECT_EQ(rows[i].outcome, engine.run(drawn.fault, engine.golden(subject.images[drawn.image])));
  }
}

TEST_F(CampaignTest, RowsDoNotDependOnCutsOrThreads) {
  const auto runs = campaign(settings_of(60));
  const auto whole = runs.run(0, runs.rows());
  for (const std::uint64_t step : {1, 7, 100}) {
    std::vector<Row> parts;
    for (std::uint64_t first = 0; first < runs.rows(); first += step) {
      const auto part = runs.run(first, std::min(first + step, runs.rows()));
      parts.insert(parts.end(), part.begin(), part.end());
    }
    EXPECT_EQ(parts, whole);
  }
  for (const std::size_t threads : {1, 2, 5}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    EXPECT_EQ(campaign(settings_of(60)).run(0, runs.rows()), whole);
  }
}

TEST_F(CampaignTest, ASiteDrawsTheSameWhateverElseIsRun) {
  const auto all = campaign(settings_of(30));
  const auto alone = campaign(settings_of(30, {Site::product}));
  const auto more = campaign(settings_of(50, {Site::product}));
  for (std::uint64_t i = 0; i < 30; ++i) {
    EXPECT_EQ(alone.draw(i), all.draw(60 + i));
    EXPECT_EQ(alone.draw(i), more.draw(i));
  }
  auto other = settings_of(30, {Site::product});
  other.seed = 8;
  EXPECT_NE(campaign(other).draw(0), alone.draw(0));
}

// A replay draws a stored row again, and a continued campaign goes on with the same ones.
TEST_F(CampaignTest, DrawsNeverChange) {
  const auto runs = campaign(settings_of(40));
  const auto row = runs.draw(2 * 40);
  EXPECT_EQ(row.fault,
            (Fault{.site = Site::product, .layer = 4, .element = 10, .step = 12, .bit = 11}));
  EXPECT_EQ(row.image, 5U);
  EXPECT_EQ(runs.run_point(5).faults, 0U);
  EXPECT_EQ(runs.run_point(17).faults, 2U);
}

// As many trials as pairs: every fault meets every image once.
TEST_F(CampaignTest, TakesEveryPairOnce) {
  const auto space = FaultSpace(subject.network, Site::output_register);
  const std::uint64_t pairs = space.size() * 6;
  const auto runs = campaign(settings_of(pairs, {Site::output_register}));
  ASSERT_EQ(runs.frame().population, std::vector{pairs});
  std::set<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> seen;
  for (std::uint64_t i = 0; i < runs.rows(); ++i) {
    const auto [fault, image, outcome, further] = runs.draw(i);
    seen.emplace(fault.layer, fault.element, fault.bit, image);
  }
  EXPECT_EQ(seen.size(), pairs);
  EXPECT_THROW(campaign(settings_of(pairs + 1, {Site::output_register})), Error);
}

TEST_F(CampaignTest, FrameCountsWhatIsRight) {
  const auto images = images_of(subject, 6);
  const auto outputs = logits(subject.network, images.codes, 6, *backend);
  std::uint32_t correct = 0;
  for (std::size_t i = 0; i < 6; ++i)
    correct += top_class(std::span(outputs).subspan(i * 7, 7)) == images.labels[i] ? 1 : 0;
  const auto frame = campaign(settings_of(1)).frame();
  EXPECT_EQ(frame.correct, correct);
  EXPECT_EQ(frame.labels, images.labels);
  EXPECT_EQ(frame.images, 6U);
  EXPECT_TRUE(frame.rows.empty());
  EXPECT_TRUE(frame.curve.empty());
  ASSERT_EQ(frame.population.size(), 7U);
  EXPECT_EQ(frame.population[0], FaultSpace(subject.network, Site::weight_operand).size() * 6);
}

TEST_F(CampaignTest, CurveIsBySiteRateSeed) {
  const auto runs = campaign(settings_of(1));
  ASSERT_EQ(runs.curve_points(), 2U * 4 * 3);
  for (std::uint64_t i = 0; i < runs.curve_points(); ++i) {
    const auto point = runs.run_point(i);
    EXPECT_EQ(point.site, i < 12 ? Site::weight_memory : Site::activation_memory);
    EXPECT_EQ(point.rate, settings_of(1).rates[i / 3 % 4]);
    EXPECT_EQ(point.seed, static_cast<int>(i % 3));
    EXPECT_EQ(point.images, 6U);
    EXPECT_EQ(point, campaign(settings_of(1)).run_point(i));
  }
}

TEST_F(CampaignTest, NoErrorsAreGolden) {
  const auto runs = campaign(settings_of(1), 20);
  const auto frame = runs.frame();
  for (const std::uint64_t point : {0, 12}) {
    EXPECT_EQ(runs.run_point(point).faults, 0U);
    EXPECT_EQ(runs.run_point(point).changed, 0U);
    EXPECT_EQ(runs.run_point(point).wrong, frame.images - frame.correct);
  }
}

TEST_F(CampaignTest, CertainErrorsFlipEveryWeightBit) {
  const auto runs = campaign(settings_of(1), 20);
  auto inverted = subject.network;
  for (auto& layer : inverted.layers)
    for (auto& weight : layer.weights) weight = static_cast<std::int16_t>(~weight);
  const auto point = runs.run_point(9);
  EXPECT_EQ(point.faults, FaultSpace(subject.network, Site::weight_memory).size());
  expect_classes(point, [&](const auto& image) { return forward(inverted, image, *backend); });
}

// Codes of this network's layers are unsigned 8 bit; the shortcut is a view and keeps its codes.
TEST_F(CampaignTest, CertainErrorsFlipEveryActivationBit) {
  const auto runs = campaign(settings_of(1), 20);
  const auto invert = [&](std::size_t layer, Activations& run) {
    if (subject.network.layers[layer].kind == LayerKind::shortcut) return false;
    for (auto& code : run.stored[layer]) code = static_cast<std::int16_t>(255 - code);
    return true;
  };
  const auto point = runs.run_point(21);
  EXPECT_EQ(point.faults, FaultSpace(subject.network, Site::activation_memory).size() * 20);
  expect_classes(
      point, [&](const auto& image) { return forward(subject.network, image, *backend, invert); });
}

// A draw of parameters holds for all images, one of products does not.
TEST_F(CampaignTest, AnySiteHasACurve) {
  auto settings = settings_of(1);
  settings.rates = {1};
  settings.curve_seeds = 1;
  settings.curve_sites = {Site::weight_memory, Site::product, Site::bias_memory};
  settings.model.effect = Effect::stuck_at_0;
  const auto runs = campaign(settings, 20);
  const auto bits = [&](Site site) { return FaultSpace(subject.network, site).size(); };
  auto weightless = subject.network;
  for (auto& layer : weightless.layers) std::ranges::fill(layer.weights, std::int16_t{0});
  const auto run = [&](const auto& image) { return forward(weightless, image, *backend); };
  const auto weights = runs.run_point(0), products = runs.run_point(1), biases = runs.run_point(2);
  EXPECT_EQ(weights.faults, bits(Site::weight_memory));
  EXPECT_EQ(products.faults, bits(Site::product) * 20);
  EXPECT_EQ(biases.faults, bits(Site::bias_memory));
  expect_classes(weights, run);
  expect_classes(products, run);
}

TEST_F(CampaignTest, PermanentFaultsMeetEveryImage) {
  auto settings = settings_of(12);
  settings.sites = {Site::array_accumulator};
  settings.is_permanent = true;
  settings.model = {.effect = Effect::stuck_at_1, .array = {.rows = 2, .columns = 2}};
  const auto runs = campaign(settings, 4);
  const auto rows = runs.run(0, 12);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(rows[i].image, i % 4);
    EXPECT_EQ(rows[i].fault, rows[i - i % 4].fault);
    EXPECT_EQ(rows[i].fault.effect, Effect::stuck_at_1);
  }
  EXPECT_NE(rows[0].fault, rows[4].fault);
  EXPECT_NE(rows[4].fault, rows[8].fault);
  settings.trials = 13;
  EXPECT_THROW(campaign(settings, 4), Error);
  settings.trials = 12;
  settings.stop.failures = 1;
  EXPECT_THROW(campaign(settings, 4), Error);
}

TEST_F(CampaignTest, RandomValuesOfACurveDifferBySeed) {
  auto settings = settings_of(1);
  settings.rates = {1};
  settings.curve_seeds = 2;
  settings.curve_sites = {Site::weight_memory};
  settings.model.effect = Effect::random_value;
  const auto runs = campaign(settings, 40);
  const auto first = runs.run_point(0), second = runs.run_point(1);
  EXPECT_EQ(first.faults, second.faults);
  EXPECT_NE(std::pair(first.wrong, first.changed), std::pair(second.wrong, second.changed));
}

TEST_F(CampaignTest, FlipsFollowTheRate) {
  auto settings = settings_of(1);
  settings.rates = {0.01};
  settings.curve_seeds = 400;
  settings.curve_sites = {Site::weight_memory};
  const auto runs = campaign(settings, 1);
  double flips = 0;
  for (std::uint64_t i = 0; i < runs.curve_points(); ++i)
    flips += static_cast<double>(runs.run_point(i).faults);
  const double bits =
      400.0 * static_cast<double>(FaultSpace(subject.network, Site::weight_memory).size());
  EXPECT_NEAR(flips, bits * 0.01, 5 * std::sqrt(bits * 0.01));
}

// One draw for all images would give a multiple of their number.
TEST_F(CampaignTest, EachImageHasItsOwnActivationErrors) {
  auto settings = settings_of(1);
  settings.rates = {0.01};
  settings.curve_seeds = 60;
  settings.curve_sites = {Site::activation_memory};
  const auto runs = campaign(settings);
  int multiples = 0;
  for (std::uint64_t i = 0; i < runs.curve_points(); ++i)
    multiples += runs.run_point(i).faults % 6 == 0 ? 1 : 0;
  // Expected 10, standard deviation 2.9.
  EXPECT_LT(multiples, 25);
}

TEST_F(CampaignTest, RefusesWrongInput) {
  auto settings = settings_of(1);
  settings.rates = {1.5};
  EXPECT_THROW(campaign(settings), Error);
  settings.rates = {std::nan("")};
  EXPECT_THROW(campaign(settings), Error);
  settings = settings_of(1);
  settings.curve_sites = {Site::shifter};  // of no layer
  EXPECT_THROW(campaign(settings), Error);
  EXPECT_THROW(campaign(settings_of(1), 0), Error);
  auto images = images_of(subject, 2);
  images.codes.pop_back();
  EXPECT_THROW(Campaign(subject.network, images, settings_of(1), *backend), Error);
  images = images_of(subject, 2);
  images.labels[1] = 7;
  EXPECT_THROW(Campaign(subject.network, images, settings_of(1), *backend), Error);
  images.labels[1] = 6;
  EXPECT_NO_THROW(Campaign(subject.network, images, settings_of(1), *backend));
  images.codes[3] = 32;
  EXPECT_THROW(Campaign(subject.network, images, settings_of(1), *backend), Error);
  const auto runs = campaign(settings_of(2));
  EXPECT_THROW(runs.draw(14), Error);
  EXPECT_THROW(runs.run(0, 15), Error);
  EXPECT_THROW(runs.run(3, 2), Error);
  EXPECT_THROW(runs.run_point(24), Error);
  auto broken = subject.network;
  broken.layers[1].bias.clear();
  EXPECT_THROW(Campaign(broken, images_of(subject, 1), settings_of(1), *backend), Error);
}

// 40 551 040 MACs with 16 bits of products each, 648 816 640 bits: half of them do not fit.
TEST(CampaignCurve, RefusesDrawsThatDoNotFitIntoMemory) {
  const auto network = resnet20();
  const auto backend = make_backend("cpu");
  CampaignImages images{.codes = std::vector<std::int16_t>(3072), .labels = {0}};
  const auto campaign = [&](double rate) {
    CampaignSettings settings;
    settings.rates = {rate};
    settings.curve_sites = {Site::product};
    return Campaign(network, images, settings, *backend).curve_points();
  };
  EXPECT_EQ(campaign(1e-2), 10U);
  try {
    campaign(0.5);
    FAIL();
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("at most 8.38861e+06 faults on average"),
              std::string::npos)
        << error.what();
  }
}

}  // namespace
}  // namespace citrine::testing
