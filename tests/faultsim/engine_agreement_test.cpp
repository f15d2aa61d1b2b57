// A short version of the comparison in docs/figures.md.
#include "engine_agreement.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

#include "quant/networks.h"
#include "resnet20.h"
#include "some_faults.h"

namespace citrine::testing {
namespace {

Agreement agreement_of(const IntegerNetwork& network,
                       const std::vector<std::vector<std::int16_t>>& images,
                       const AgreementSettings& settings) {
  const auto backend = make_backend("cpu");
  const Engine engine(network, *backend, settings.model.array);
  return compare_runs(engine, network, images, settings);
}

TEST(EngineAgreement, OfEveryEffectOnResNet20) {
  auto builder = resnet20_builder();
  const auto network = builder.finish();
  Agreement all;
  for (std::uint64_t seed = 0; seed < 16; ++seed)
    all += agreement_of(network, {builder.image(seed), builder.image(seed + 1)},
                        {.seed = seed, .each = 4, .model = model_of(seed)});
  EXPECT_EQ(all.mismatches, std::vector<std::string>{});
  for (int site = 0; site <= static_cast<int>(Site::accumulator); ++site)
    EXPECT_GT(all.changed_answers[static_cast<std::size_t>(site)], 0) << site;
}

TEST(EngineAgreement, WithEveryReference) {
  const auto subject = grouped_network();
  for (const auto reference : {Reference::dense, Reference::explanation, Reference::array_model}) {
    const auto agreement = agreement_of(subject.network, {subject.images[0], subject.images[1]},
                                        {.each = 20, .model = model_of(6), .reference = reference});
    EXPECT_EQ(agreement.mismatches, std::vector<std::string>{});
  }
}

// Of 8 faults a site, 2 meet both images.
TEST(EngineAgreement, CountsFaultsAndTrials) {
  const auto subject = residual_network();
  const auto agreement =
      agreement_of(subject.network, {subject.images[0], subject.images[1]}, {.each = 8});
  const auto site = static_cast<std::size_t>(Site::accumulator);
  EXPECT_EQ(agreement.faults[site], 8);
  EXPECT_EQ(agreement.trials[site], 10);
  EXPECT_EQ(agreement.faults[static_cast<std::size_t>(Site::shifter)], 0);
}

TEST(EngineAgreement, FindsAnEngineOfAnotherNetwork) {
  const auto subject = residual_network();
  auto other = subject.network;
  other.layers.back().bias[0] += 1;
  const auto backend = make_backend("cpu");
  const Engine engine(other, *backend);
  for (const auto reference : {Reference::dense, Reference::explanation, Reference::array_model}) {
    const auto agreement = compare_runs(engine, subject.network, std::span(subject.images).first(2),
                                        {.each = 4, .reference = reference});
    const auto trials = std::reduce(agreement.trials.begin(), agreement.trials.end());
    EXPECT_EQ(agreement.mismatches.size(), trials);
  }
}

}  // namespace
}  // namespace citrine::testing
