#include "search/members.h"

#include <utility>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using Ids = std::vector<std::uint64_t>;

Network network() {
  GraphBuilder builder({1, 1, 1});
  builder.fully_connected("logits", 0, 2);
  const auto graph = std::move(builder).build();
  return {graph, random_weights(graph, {1, 1})};
}

// Their ids count from 0; each has an error rate and one cheap objective.
std::vector<Member> members(const std::vector<std::pair<double, double>>& objectives) {
  std::vector<Candidate> candidates;
  std::vector<Evaluated> results;
  for (const auto& [error_rate, cheap] : objectives) {
    candidates.push_back({.id = candidates.size(), .network = network(), .cheap = {cheap}});
    results.push_back({error_rate, candidates.back().network.weights});
  }
  return evaluated_members(std::move(candidates), std::move(results));
}

TEST(Members, HoldTheTrainedWeightsAndAllObjectives) {
  Candidate candidate = {.id = 3, .network = network(), .cheap = {5, 7}};
  Evaluated result = {0.25, candidate.network.weights};
  result.weights.at("logits.bias").values = {8, 9};
  const auto found = evaluated_members({candidate}, {result});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].candidate.network.weights, result.weights);
  EXPECT_EQ(objectives_of(found), (Points{{0.25, 5, 7}}));
  EXPECT_EQ(cheap_of(found), (Points{{5, 7}}));
}

TEST(Members, ResultsMustFitTheirCandidates) {
  const Candidate candidate = {.id = 3, .network = network()};
  EXPECT_NO_THROW(check_result(candidate, {1, candidate.network.weights}));
  EXPECT_THROW(check_result(candidate, {1.01, candidate.network.weights}), Error);
  EXPECT_THROW(check_result(candidate, {-0.01, candidate.network.weights}), Error);
  EXPECT_THROW(check_result(candidate, {0.5, {}}), Error);
}

TEST(Members, FrontsKeepWhatNothingDominates) {
  auto all = members({{0.5, 5}, {0.4, 6}, {0.5, 6}, {0.4, 6}, {0.6, 4}});
  keep_front(all);
  EXPECT_EQ(ids_of(all), (Ids{0, 1, 3, 4}));
}

// In logarithms the cheap objectives lie at 0, 1/3, 2/3, 1 of their range: the four alone hold 0.1
// * 1/3, 1/2 * 1/3, 0.05 * 1/3 and 0.45 * 0.1. Counted plainly the first would hold least.
TEST(Members, CapsCountCheapObjectivesInLogarithms) {
  auto all = members({{1, 1}, {0.5, 10}, {0.45, 100}, {0, 1000}});
  cap(all, 4);
  EXPECT_EQ(ids_of(all), (Ids{0, 1, 2, 3}));
  cap(all, 3);
  EXPECT_EQ(ids_of(all), (Ids{0, 1, 3}));
}

TEST(Members, CapsTakeACheapObjectiveOfZero) {
  auto all = members({{1, 0}, {0.5, 10}, {0, 1000}});
  cap(all, 2);
  EXPECT_EQ(all.size(), 2U);
}

}  // namespace
}  // namespace citrine
