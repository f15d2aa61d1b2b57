// Every fault of every site against the clock-by-clock reference.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <functional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "array_reference.h"
#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

std::size_t top(const Tensor& logits) {
  std::size_t best = 0;
  for (std::size_t i = 1; i < logits.size(); ++i)
    if (logits[i] > logits[best]) best = i;
  return best;
}

bool is_masked_at_site(const ReferenceRun& golden, const ReferenceRun& faulty, const Fault& fault) {
  if (fault.site == Site::scale_multiplier || fault.site == Site::scale_shift) return false;
  if (is_array(fault.site)) return golden.accumulators == faulty.accumulators;
  const bool is_stored =
      fault.site == Site::activation_memory || fault.site == Site::output_register;
  const auto& at_site = is_stored ? &ReferenceRun::stored : &ReferenceRun::accumulators;
  return (golden.*at_site)[fault.layer] == (faulty.*at_site)[fault.layer];
}

OutcomeKind expected_kind(const ReferenceRun& golden, const ReferenceRun& faulty,
                          const Fault& fault) {
  if (is_masked_at_site(golden, faulty, fault)) return OutcomeKind::masked_at_site;
  const bool is_in_layer = is_array(fault.site)
                               ? golden.stored == faulty.stored
                               : golden.stored[fault.layer] == faulty.stored[fault.layer];
  if (is_in_layer) return OutcomeKind::masked_in_layer;
  if (golden.stored.back() == faulty.stored.back()) return OutcomeKind::masked_later;
  return top(golden.stored.back()) == top(faulty.stored.back()) ? OutcomeKind::benign
                                                                : OutcomeKind::sdc;
}

void expect_answers(const Outcome& outcome, const Tensor& golden, const Tensor& faulty,
                    double step) {
  std::int64_t change = 0;
  for (std::size_t i = 0; i < golden.size(); ++i)
    change = std::max(change, std::abs(golden[i] - faulty[i]));
  EXPECT_EQ(outcome.golden_class, top(golden));
  EXPECT_EQ(outcome.faulty_class, top(faulty));
  EXPECT_EQ(outcome.logit_change, static_cast<float>(static_cast<double>(change) * step));
}

// The image whose two largest logits are closest, so that faults can change the class.
std::size_t closest_image(const Subject& subject) {
  std::vector<std::int64_t> margins;
  for (const auto& image : subject.images) {
    auto logits = run_reference(subject.network, image, {}).stored.back();
    std::ranges::sort(logits, std::greater());
    margins.push_back(logits[0] - logits[1]);
  }
  return static_cast<std::size_t>(std::ranges::min_element(margins) - margins.begin());
}

class Exhaustive : public ::testing::TestWithParam<std::tuple<int, int>> {};

TEST_P(Exhaustive, EveryFaultEqualsTheArray) {
  const auto subject = subjects()[static_cast<std::size_t>(std::get<0>(GetParam()))];
  const auto site = static_cast<Site>(std::get<1>(GetParam()));
  const auto backend = make_backend("cpu");
  constexpr ArrayShape kArray{.rows = 2, .columns = 3};
  const Engine engine(subject.network, *backend, kArray);
  const auto& image = subject.images[closest_image(subject)];
  const Golden golden = engine.golden(image);
  const auto reference = run_reference(subject.network, image, {});
  const double step = logit_step(subject.network);
  const FaultSpace space(subject.network, site, {.array = kArray});
  std::array<std::uint64_t, kOutcomeKinds> kinds{};
  for (std::uint64_t i = 0; i < space.size(); ++i) {
    const Fault fault = space[i];
    const auto expected = run_reference(subject.network, image, {fault}, &reference, kArray);
    const auto logits = engine.faulty_logits(fault, golden);
    ASSERT_TRUE(std::ranges::equal(logits, expected.stored.back()))
        << subject.name << " layer " << fault.layer << " element " << fault.element << " step "
        << fault.step << " bit " << fault.bit;
    const Outcome outcome = engine.run(fault, golden);
    ASSERT_EQ(name_of(outcome.kind), name_of(expected_kind(reference, expected, fault)))
        << subject.name << " layer " << fault.layer << " element " << fault.element << " step "
        << fault.step << " bit " << fault.bit;
    expect_answers(outcome, reference.stored.back(), expected.stored.back(), step);
    ++kinds[static_cast<std::size_t>(outcome.kind)];
    ASSERT_EQ(engine.run_together(std::span(&fault, 1), golden), outcome);
  }
  // The networks are worth their test.
  EXPECT_GT(kinds[static_cast<std::size_t>(OutcomeKind::benign)], 0U);
  EXPECT_GT(kinds[static_cast<std::size_t>(OutcomeKind::sdc)], 0U);
}

std::string case_name(const ::testing::TestParamInfo<std::tuple<int, int>>& parameters) {
  const auto [network, site] = parameters.param;
  return subjects()[static_cast<std::size_t>(network)].name + "_" +
         std::string(name_of(static_cast<Site>(site)));
}

// The last network alone has weights without a multiplier, and scales that are no shifts.
std::vector<std::tuple<int, int>> cases() {
  std::vector<std::tuple<int, int>> cases;
  for (int network = 0; network < 4; ++network)
    for (int i = 0; i < kSites; ++i) {
      const auto site = static_cast<Site>(i);
      const bool is_rare = site == Site::exponent_register || site == Site::shifter ||
                           site == Site::mode_bit || site == Site::scale_multiplier;
      if (!is_rare || network == 3) cases.emplace_back(network, i);
    }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(Networks, Exhaustive, ::testing::ValuesIn(cases()), case_name);

TEST(Golden, EveryLayerEqualsTheArray) {
  for (const auto& subject : subjects()) {
    const auto backend = make_backend("cpu");
    const Engine engine(subject.network, *backend);
    for (const auto& image : subject.images) {
      const Golden golden = engine.golden(image);
      const auto reference = run_reference(subject.network, image, {});
      for (std::size_t i = 0; i + 1 < golden.stored.size(); ++i)
        EXPECT_TRUE(std::ranges::equal(golden.stored[i], reference.stored[i]))
            << subject.name << " layer " << i;
      EXPECT_TRUE(std::ranges::equal(golden.logits, reference.stored.back())) << subject.name;
    }
  }
}

}  // namespace
}  // namespace citrine::testing
