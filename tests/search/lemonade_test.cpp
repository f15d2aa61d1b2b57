#include "search/lemonade.h"

#include <cmath>

#include <gtest/gtest.h>

#include "models/models.h"
#include "search/hypervolume.h"

namespace citrine {
namespace {

Lemonade search(std::uint64_t seed) {
  const auto cheap = [](const Graph& graph) {
    return std::vector<double>{static_cast<double>(count_parameters(graph)),
                               static_cast<double>(count_macs(graph))};
  };
  std::vector<Network> start;
  for (const char* name : {"lemonade_1", "lemonade_2"}) {
    const auto graph = model(name, {.input = Shape{8, 8, 1}, .classes = 10});
    start.push_back({graph, random_weights(graph, {seed, 7})});
  }
  LemonadeSettings settings;
  settings.generations = 3;
  settings.children = 8;
  settings.accepted = 3;
  return Lemonade(settings, cheap, start, {seed, 0});
}

// Error falls with size and has a part of its own for every graph.
std::vector<Evaluated> judge(const std::vector<Candidate>& asked) {
  std::vector<Evaluated> results;
  for (const auto& candidate : asked) {
    const double size = static_cast<double>(count_parameters(candidate.network.graph));
    results.push_back({std::min(1.0, 20 / std::sqrt(size)), candidate.network.weights});
  }
  return results;
}

std::vector<std::string> run(Lemonade& lemonade) {
  std::vector<std::string> log;
  while (!lemonade.is_done()) {
    const auto asked = lemonade.ask();
    for (const auto& candidate : asked) log.push_back(canonical_hash(candidate.network.graph));
    lemonade.tell(judge(asked));
  }
  return log;
}

TEST(Lemonade, SameSeedSameSearchAndVolumeNeverShrinks) {
  auto first = search(3), second = search(3), other = search(4);
  const auto log = run(first);
  EXPECT_EQ(log, run(second));
  EXPECT_NE(log, run(other));
  for (std::size_t i = 1; i < first.generations().size(); ++i)
    EXPECT_GE(first.generations()[i].hypervolume, first.generations()[i - 1].hypervolume);
}

TEST(Hypervolume, OfBoxesByHand) {
  EXPECT_DOUBLE_EQ(hypervolume({{1, 2}, {2, 1}}, std::vector<double>{3, 3}), 3);
  EXPECT_DOUBLE_EQ(hypervolume({{0, 0, 0}}, std::vector<double>{1, 2, 3}), 6);
}

}  // namespace
}  // namespace citrine
