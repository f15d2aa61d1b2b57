#include "faultsim/outcome.h"

#include <vector>

#include <gtest/gtest.h>

#include "faultsim/engine.h"
#include "quant/network_builder.h"

namespace citrine {
namespace {

using Logits = std::vector<std::int32_t>;

TEST(Outcome, TiesGoToTheLowestClass) {
  EXPECT_EQ(top_class(Logits{3, 7, 7}), 1U);
  EXPECT_EQ(compare_logits(Logits{5, 4}, Logits{5, 5}, 1).kind, OutcomeKind::benign);
  EXPECT_EQ(compare_logits(Logits{4, 5}, Logits{5, 5}, 1).kind, OutcomeKind::sdc);
}

TEST(Outcome, EqualLogitsAreMasked) {
  const auto outcome = compare_logits(Logits{1, 2, 3}, Logits{1, 2, 3}, 0.25);
  EXPECT_EQ(outcome,
            (Outcome{.kind = OutcomeKind::masked_later, .golden_class = 2, .faulty_class = 2}));
}

TEST(Outcome, ChangeIsInRealUnits) {
  EXPECT_EQ(compare_logits(Logits{8, 0}, Logits{8, 6}, 0.25).logit_change, 1.5F);
  EXPECT_EQ(compare_logits(Logits{INT32_MAX, 0}, Logits{INT32_MIN, 0}, 1.0).logit_change,
            4294967295.0F);
}

// Two classes, logits a apart: confidence 1 / (1 + exp(-a)).
TEST(Outcome, ConfidenceDrops) {
  // 0.7311 -> 0.6225 (a = 0.5): 10.9 points.
  const auto ten = compare_logits(Logits{4, 0}, Logits{2, 0}, 0.25);
  EXPECT_TRUE(ten.is_drop10);
  EXPECT_FALSE(ten.is_drop20);
  // 0.7311 -> 0.6792 (a = 0.75): 5.2 points.
  EXPECT_FALSE(compare_logits(Logits{4, 0}, Logits{3, 0}, 0.25).is_drop10);
  // 0.7311 -> 0.5: 23.1 points, the same class.
  const auto twenty = compare_logits(Logits{4, 0}, Logits{0, 0}, 0.25);
  EXPECT_TRUE(twenty.is_drop20);
  EXPECT_EQ(twenty.kind, OutcomeKind::benign);
  // 0.8808 -> 0.6792 (a = 2, 0.75): 20.2 points; 0.7311 -> 0.5312 (a = 1, 0.125): 19.99.
  EXPECT_TRUE(compare_logits(Logits{16, 0}, Logits{6, 0}, 0.125).is_drop20);
  EXPECT_FALSE(compare_logits(Logits{8, 0}, Logits{1, 0}, 0.125).is_drop20);
  // 0.8808 -> 0.7773 (a = 1.25): 10.3 points; 0.7311 -> 0.6370 (a = 0.5625): 9.4.
  EXPECT_TRUE(compare_logits(Logits{32, 0}, Logits{20, 0}, 0.0625).is_drop10);
  EXPECT_FALSE(compare_logits(Logits{16, 0}, Logits{9, 0}, 0.0625).is_drop10);
  // A rise is no drop.
  EXPECT_FALSE(compare_logits(Logits{4, 0}, Logits{9, 0}, 0.25).is_drop10);
}

TEST(Outcome, HugeLogitsStayFinite) {
  const auto outcome =
      compare_logits(Logits{INT32_MAX, INT32_MIN}, Logits{INT32_MIN, INT32_MAX}, 1024.0);
  EXPECT_EQ(outcome.kind, OutcomeKind::sdc);
  EXPECT_TRUE(outcome.is_drop20);
}

TEST(Outcome, TopFive) {
  EXPECT_FALSE(compare_logits(Logits{9, 1, 2, 3, 4, 5}, Logits{1, 0, 2, 3, 4, 5}, 1).is_sdc5);
  EXPECT_TRUE(compare_logits(Logits{9, 1, 2, 3, 4, 5}, Logits{0, 1, 2, 3, 4, 5}, 1).is_sdc5);
  // Of equal logits the lower class comes first.
  EXPECT_FALSE(compare_logits(Logits{9, 1, 2, 3, 4, 5}, Logits{1, 1, 2, 3, 4, 5}, 1).is_sdc5);
  EXPECT_TRUE(compare_logits(Logits{1, 2, 3, 4, 5, 9}, Logits{1, 1, 1, 1, 1, 1}, 1).is_sdc5);
}

// Logits 60, 50, 40, 30, 20, 10; the first weight, 6, becomes 6 - 128, 0 or 2.
TEST(Outcome, FaultsDriveAClassFromTheTopFive) {
  testing::NetworkBuilder net(1, 1, 1, 1, {NumberFormat("unsigned8")});
  net.convolution(0, {.filters = 6});
  auto network = net.finish();
  network.layers[1].weights = {6, 5, 4, 3, 2, 1};
  network.layers[1].bias.assign(6, 0);
  const auto backend = make_backend("cpu");
  const Engine engine(network, *backend);
  const auto golden = engine.golden(std::vector<std::int16_t>{10});
  const Fault sign{.site = Site::weight_memory, .layer = 1, .bit = 7};
  auto zero = sign, two = sign;
  zero.bit = 0, zero.width = 8, zero.effect = Effect::stuck_at_0;
  two.bit = 2;
  EXPECT_EQ(engine.faulty_logits(sign, golden), (Logits{-1220, 50, 40, 30, 20, 10}));
  for (const auto& fault : {sign, zero}) {
    const auto outcome = engine.run(fault, golden);
    EXPECT_TRUE(outcome.is_sdc5);
    EXPECT_EQ(outcome.faulty_class, 1);
    EXPECT_EQ(outcome, engine.run_together({&fault, 1}, golden));
  }
  EXPECT_EQ(engine.run(two, golden).kind, OutcomeKind::sdc);
  EXPECT_FALSE(engine.run(two, golden).is_sdc5);
}

}  // namespace
}  // namespace citrine
