#include "search/lemonade.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include <gtest/gtest.h>

#include "graph/graph_builder.h"
#include "kernels/error.h"
#include "search/hypervolume.h"

namespace citrine {
namespace {

std::vector<double> size_and_work(const Graph& graph) {
  return {static_cast<double>(count_parameters(graph)), static_cast<double>(count_macs(graph))};
}

// Two convolutions, gray images of 6x6.
Network small_network(int channels, Key key) {
  GraphBuilder builder({6, 6, 1});
  int x = builder.conv_bn_relu("a", 0, {.channels = channels, .kernel = 3, .padding = 1});
  x = builder.conv_bn_relu("b", x, {.channels = channels, .kernel = 3, .padding = 1});
  x = builder.add("pool", {.kind = OpKind::global_average_pool}, {x});
  builder.fully_connected("logits", x, 3);
  const auto graph = std::move(builder).build();
  return {graph, random_weights(graph, key)};
}

LemonadeSettings small_settings() {
  LemonadeSettings settings;
  settings.generations = 5;
  settings.children = 10;
  settings.accepted = 4;
  return settings;
}

Lemonade search(std::uint64_t seed, const LemonadeSettings& settings = small_settings()) {
  return Lemonade(settings, size_and_work,
                  {small_network(4, {seed, 1}), small_network(12, {seed, 2})}, {seed, 0});
}

// Error falls with size; each graph has a part of its own. "Training" marks the weights.
Evaluated judged(const Candidate& candidate) {
  const auto& graph = candidate.network.graph;
  const double own =
      static_cast<double>(std::stoull(canonical_hash(graph).substr(0, 4), nullptr, 16)) / 65536;
  Evaluated result = {std::min(1.0, 5 / std::sqrt(size_and_work(graph)[0]) * (0.8 + 0.2 * own)),
                      candidate.network.weights};
  for (float& value : result.weights.at("logits.bias").values)
    value = static_cast<float>(candidate.id + 1);
  return result;
}

std::vector<Evaluated> judged(const std::vector<Candidate>& asked) {
  std::vector<Evaluated> results;
  for (const auto& candidate : asked) results.push_back(judged(candidate));
  return results;
}

// Runs to the end; all candidates in the order asked.
std::vector<Candidate> run(Lemonade& lemonade) {
  std::vector<Candidate> all;
  while (!lemonade.is_done()) {
    const auto asked = lemonade.ask();
    all.insert(all.end(), asked.begin(), asked.end());
    lemonade.tell(judged(asked));
  }
  return all;
}

void expect_same(const Candidate& a, const Candidate& b) {
  EXPECT_EQ(a.id, b.id);
  EXPECT_EQ(a.parent, b.parent);
  EXPECT_EQ(a.generation, b.generation);
  EXPECT_EQ(a.network.graph.nodes(), b.network.graph.nodes());
  EXPECT_EQ(a.network.weights, b.network.weights);
  EXPECT_EQ(a.operators, b.operators);
  EXPECT_EQ(a.is_approximate, b.is_approximate);
  EXPECT_EQ(a.touched, b.touched);
  EXPECT_EQ(a.cheap, b.cheap);
}

TEST(Lemonade, GenerationZeroAsksTheStartNetworks) {
  auto lemonade = search(1);
  const auto asked = lemonade.ask();
  ASSERT_EQ(asked.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(asked[i].id, i);
    EXPECT_EQ(asked[i].parent, -1);
    EXPECT_EQ(asked[i].generation, 0);
    EXPECT_TRUE(asked[i].operators.empty());
    EXPECT_EQ(asked[i].cheap, size_and_work(asked[i].network.graph));
  }
  const auto worst = asked[1].cheap;
  EXPECT_EQ(lemonade.reference(), (std::vector<double>{1, 2 * worst[0], 2 * worst[1]}));
}

TEST(Lemonade, SameSeedAndResultsSameCandidates) {
  auto first = search(2), second = search(2), other = search(3);
  const auto all = run(first), again = run(second);
  ASSERT_EQ(all.size(), again.size());
  EXPECT_GT(all.size(), 10U);
  for (std::size_t i = 0; i < all.size(); ++i) expect_same(all[i], again[i]);
  const auto others = run(other);
  EXPECT_NE(all.back().operators, others.back().operators);
}

// A search that was cut off is told its old results and goes on as if unbroken.
TEST(Lemonade, ReplayedResultsContinueTheSearch) {
  auto unbroken = search(4);
  std::vector<std::vector<Evaluated>> results;
  for (int generation = 0; generation < 4; ++generation) {
    results.push_back(judged(unbroken.ask()));
    unbroken.tell(results.back());
  }
  auto resumed = search(4);
  for (auto& old : results) {
    resumed.ask();
    resumed.tell(std::move(old));
  }
  const auto left = run(unbroken), again = run(resumed);
  ASSERT_EQ(left.size(), again.size());
  ASSERT_FALSE(left.empty());
  for (std::size_t i = 0; i < left.size(); ++i) expect_same(left[i], again[i]);
  EXPECT_EQ(unbroken.generations().back().archive, resumed.generations().back().archive);
}

TEST(Lemonade, AsksTheSameUntilItIsTold) {
  auto lemonade = search(5);
  lemonade.tell(judged(lemonade.ask()));
  const auto first = lemonade.ask(), second = lemonade.ask();
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) expect_same(first[i], second[i]);
}

TEST(Lemonade, NeverAsksAGraphTwice) {
  auto settings = small_settings();
  settings.generations = 12;
  auto lemonade = search(6, settings);
  std::set<std::string> hashes;
  std::uint64_t next = 0;
  for (const auto& candidate : run(lemonade)) {
    EXPECT_EQ(candidate.id, next++);
    EXPECT_TRUE(hashes.insert(canonical_hash(candidate.network.graph)).second);
  }
  EXPECT_GT(next, 40U);
}

TEST(Lemonade, ChildrenAreMadeByTheOperatorsAllowed) {
  auto settings = small_settings();
  settings.operators = {Operator::widen};
  settings.max_operators = 2;
  auto lemonade = search(7, settings);
  for (const auto& candidate : run(lemonade)) {
    check_weights(candidate.network.graph, candidate.network.weights);
    EXPECT_LE(candidate.operators.size(), 2U);
    EXPECT_FALSE(candidate.is_approximate);
    for (const auto& what : candidate.operators) EXPECT_EQ(what.substr(0, 6), "widen ");
  }
}

// The mark that training left in the parent is in the child.
TEST(Lemonade, ChildrenStartFromTheirParentsTrainedWeights) {
  auto lemonade = search(8);
  int children = 0;
  for (const auto& candidate : run(lemonade)) {
    if (candidate.parent < 0) continue;
    ++children;
    EXPECT_LT(candidate.parent, static_cast<std::int64_t>(candidate.id));
    for (const float value : candidate.network.weights.at("logits.bias").values)
      EXPECT_EQ(value, static_cast<float>(candidate.parent + 1));
  }
  EXPECT_GT(children, 10);
}

TEST(Lemonade, RespectsItsLimits) {
  auto settings = small_settings();
  settings.cheap_limits = {2500, 70'000};
  auto lemonade = search(9, settings);
  const auto all = run(lemonade);
  EXPECT_GT(all.size(), 8U);
  for (const auto& candidate : all) {
    EXPECT_LE(candidate.cheap[0], 2500);
    EXPECT_LE(candidate.cheap[1], 70'000);
  }
  settings.cheap_limits = {10, 10};
  EXPECT_THROW(search(9, settings), Error);
  settings.cheap_limits = {1e9};
  EXPECT_THROW(search(9, settings), Error);
}

// Nothing can be removed from two layers but one each: the search ends without candidates.
TEST(Lemonade, GoesOnWithoutChildren) {
  auto settings = small_settings();
  settings.operators = {Operator::remove_layer};
  auto lemonade = search(10, settings);
  const auto all = run(lemonade);
  EXPECT_EQ(all.size(), 4U);
  EXPECT_TRUE(lemonade.is_done());
  EXPECT_EQ(lemonade.generations().size(), 6U);
  EXPECT_TRUE(lemonade.generations().back().evaluated.empty());
  EXPECT_THROW(lemonade.ask(), Error);
}

// Every operator would make a graph of more channels than one may have.
TEST(Lemonade, GoesOnWhereNetworksMayNotGrow) {
  GraphBuilder builder({1, 1, 1});
  const int x = builder.conv_bn_relu("a", 0, {.channels = 60'000});
  builder.fully_connected("logits", x, 3);
  const auto graph = std::move(builder).build();
  auto settings = small_settings();
  settings.generations = settings.children = 1;
  Lemonade lemonade(settings, size_and_work, {{graph, random_weights(graph, {1, 1})}}, {14, 0});
  EXPECT_EQ(run(lemonade).size(), 1U);
  EXPECT_EQ(lemonade.generations().size(), 2U);
}

// What the accelerator refuses is not asked.
TEST(Lemonade, DropsChildrenThatCannotBePriced) {
  const auto cheap = [](const Graph& graph) {
    if (graph.size() > 9) throw Error("too deep");
    return size_and_work(graph);
  };
  Lemonade lemonade(small_settings(), cheap, {small_network(4, {1, 1})}, {11, 0});
  const auto all = run(lemonade);
  EXPECT_GT(all.size(), 4U);
  for (const auto& candidate : all) EXPECT_LE(candidate.network.graph.size(), 9);
}

TEST(Lemonade, RefusesWrongResultsAndIsUnchanged) {
  auto lemonade = search(12);
  const auto asked = lemonade.ask();
  const auto good = judged(asked);
  auto too_few = good;
  too_few.pop_back();
  auto too_many = good;
  too_many.push_back(good[0]);
  auto no_number = good, too_large = good, other_weights = good;
  no_number[1].error_rate = std::numeric_limits<double>::quiet_NaN();
  too_large[1].error_rate = 1.5;
  other_weights[1].weights = good[0].weights;
  for (const auto& wrong : {too_few, too_many, no_number, too_large, other_weights}) {
    EXPECT_THROW(lemonade.tell(wrong), Error);
    EXPECT_TRUE(lemonade.generations().empty());
    EXPECT_EQ(lemonade.ask().size(), asked.size());
  }
  lemonade.tell(good);
  EXPECT_THROW(lemonade.tell(good), Error);  // not asked
}

TEST(Lemonade, ChecksItsSettings) {
  const auto check = [](auto change) {
    auto settings = small_settings();
    change(settings);
    EXPECT_THROW(search(1, settings), Error);
  };
  check([](auto& settings) { settings.generations = -1; });
  check([](auto& settings) { settings.children = 0; });
  check([](auto& settings) { settings.accepted = 0; });
  check([](auto& settings) { settings.population = 0; });
  check([](auto& settings) { settings.max_operators = 0; });
  check([](auto& settings) { settings.operators.clear(); });
  for (const double limit : {std::numeric_limits<double>::quiet_NaN(), -1.0})
    check([&](auto& settings) { settings.cheap_limits = {1e9, limit}; });
  const auto network = small_network(4, {1, 1});
  EXPECT_THROW(Lemonade(small_settings(), size_and_work, {}, {1, 0}), Error);
  EXPECT_THROW(Lemonade(small_settings(), size_and_work, {network, network}, {1, 0}), Error);
}

// Of all that was ever evaluated.
TEST(Lemonade, TheArchiveIsTheParetoFrontOfAll) {
  auto settings = small_settings();
  settings.generations = 10;
  settings.population = 6;
  auto lemonade = search(13, settings);
  Points points;
  while (!lemonade.is_done()) {
    const auto asked = lemonade.ask();
    for (const auto& candidate : asked)
      points.push_back({judged(candidate).error_rate, candidate.cheap[0], candidate.cheap[1]});
    lemonade.tell(judged(asked));
    EXPECT_LE(lemonade.population().size(), 6U);
    std::vector<std::uint64_t> front;
    for (const auto id : pareto_front(points)) front.push_back(id);
    EXPECT_EQ(lemonade.generations().back().archive, front);
    EXPECT_EQ(lemonade.archive().size(), front.size());
  }
  EXPECT_GT(lemonade.archive().size(), 6U);
}

TEST(Lemonade, VolumesAreThoseOfTheArchiveAndGrow) {
  for (std::uint64_t seed = 20; seed < 24; ++seed) {
    auto lemonade = search(seed);
    double last = 0;
    while (!lemonade.is_done()) {
      lemonade.tell(judged(lemonade.ask()));
      Points points;
      for (const auto& member : lemonade.archive()) points.push_back(member.objectives);
      const auto& reference = lemonade.reference();
      double unit = 1;
      for (const double value : reference) unit *= value;
      const double now = lemonade.generations().back().hypervolume;
      EXPECT_NEAR(now, hypervolume(points, reference) / unit, 1e-12);
      EXPECT_GE(now, last);
      last = now;
    }
    EXPECT_GT(last, lemonade.generations().front().hypervolume);
  }
}

// Five start networks, none better than another, four of about one size: a draw without regard to
// density would take the fifth as parent in one case of five.
TEST(Lemonade, ThinlySettledPlacesHaveMoreChildren) {
  int children = 0, of_the_loner = 0;
  auto settings = small_settings();
  settings.generations = 1;
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    std::vector<Network> start;
    for (const int channels : {10, 11, 12, 13, 40})
      start.push_back(small_network(channels, {seed, 1}));
    Lemonade lemonade(settings, size_and_work, start, {seed, 3});
    std::vector<Evaluated> results;
    for (const auto& candidate : lemonade.ask())
      results.push_back({1 / candidate.cheap[0], candidate.network.weights});
    lemonade.tell(results);
    for (const auto& candidate : lemonade.ask()) {
      ++children;
      of_the_loner += candidate.parent == 4;
    }
  }
  EXPECT_EQ(children, 160);
  EXPECT_GT(of_the_loner, 64);
}

}  // namespace
}  // namespace citrine
