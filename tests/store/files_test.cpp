// What is particular to each kind of file.
#include <cmath>
#include <limits>

#include <gmock/gmock.h>

#include "graph/graph_json.h"
#include "store/json_text.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using NetworkFileTest = StoreTest;
using IntegerNetworkFileTest = StoreTest;
using TrainingStateFileTest = StoreTest;
using CampaignFileTest = StoreTest;
using ExhaustiveFileTest = StoreTest;

TEST_F(NetworkFileTest, ComesBack) {
  const auto file = sample_network();
  write_network(path("net.h5"), file);
  const auto read = read_network(path("net.h5"));
  EXPECT_EQ(read.network.graph.nodes(), file.network.graph.nodes());
  EXPECT_EQ(read.network.weights, file.network.weights);
  EXPECT_EQ(read.origin.config, file.origin.config);
  EXPECT_EQ(read.origin.record, file.origin.record);
}

TEST_F(NetworkFileTest, WeightsMustBeFinite) {
  auto file = sample_network();
  file.network.weights.at("stem.weight").values[3] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(error_of([&] { write_network(path("net.h5"), file); }),
              AllOf(HasSubstr("net.h5"), HasSubstr("stem.weight")));
  EXPECT_TRUE(names().empty());
  auto contents = network_contents(sample_network(), "net.h5");
  auto array = contents.at("weights/stem/weight");
  std::get<std::vector<float>>(array.values)[0] = std::numeric_limits<float>::infinity();
  contents.put("weights/stem/weight", array);
  EXPECT_THAT(error_of([&] { network_from(contents); }),
              AllOf(HasSubstr("net.h5"), HasSubstr("stem.weight")));
}

TEST_F(NetworkFileTest, WeightsMustBeTheGraphs) {
  auto contents = network_contents(sample_network(), "net.h5");
  contents.put_list("weights/other/weight", std::vector<float>{1});
  EXPECT_THAT(error_of([&] { network_from(contents); }), HasSubstr("other.weight"));
}

// A node that reads a later one that reads it.
TEST_F(NetworkFileTest, CyclesAreRefused) {
  auto contents = network_contents(sample_network(), "net.h5");
  auto json = to_json(sample_network().network.graph).dump();
  const std::string from = "\"stem.bn\"]";
  const auto found = json.find(from);
  ASSERT_NE(found, std::string::npos) << json;
  json.replace(found, from.size(), "\"stem.relu\"]");
  contents.put_scalar("graph", json);
  EXPECT_THAT(error_of([&] { network_from(contents); }),
              AllOf(HasSubstr("net.h5"), HasSubstr("stem.relu")));
}

TEST_F(NetworkFileTest, DeepJsonIsRefused) {
  for (const auto* part : {"graph", "origin/config", "origin/record"}) {
    auto contents = network_contents(sample_network(), "net.h5");
    contents.put_scalar(part, std::string(100000, '['));
    EXPECT_THAT(error_of([&] { network_from(contents); }),
                AllOf(HasSubstr("net.h5"), HasSubstr(part)));
  }
}

TEST_F(NetworkFileTest, WhatNoReaderTakesIsNotWritten) {
  auto file = sample_network();
  file.origin.config["path"] = "\xff";
  EXPECT_THAT(error_of([&] { write_network(path("net.h5"), file); }),
              HasSubstr("origin/config must be UTF-8"));
  nlohmann::json deep = 1;
  for (int i = 0; i < 100; ++i) deep = nlohmann::json::array({deep});
  file = sample_network();
  file.origin.record = deep;
  EXPECT_THAT(error_of([&] { write_network(path("net.h5"), file); }), HasSubstr("origin/record"));
}

TEST_F(IntegerNetworkFileTest, ComesBack) {
  const auto file = sample_integer_network();
  write_integer_network(path("int.h5"), file);
  const auto read = read_integer_network(path("int.h5"));
  EXPECT_EQ(fingerprint(read.network), fingerprint(file.network));
  ASSERT_EQ(read.network.layers.size(), 3U);
  EXPECT_EQ(read.network.layers[1].name, "middle");
  EXPECT_EQ(read.network.layers[1].weights, (std::vector<std::int16_t>{-127, 127, 0, 1}));
  EXPECT_EQ(read.network.layers[1].scales, file.network.layers[1].scales);
  EXPECT_EQ(read.network.layers[2].scales, file.network.layers[2].scales);
  EXPECT_EQ(read.network.layers[1].weight_steps, file.network.layers[1].weight_steps);
  EXPECT_EQ(read.graph.nodes(), file.graph.nodes());
}

// Integers and codes of 8 bits take one byte, wider ones two.
TEST_F(IntegerNetworkFileTest, WeightsTakeAsLittleAsTheyCan) {
  const auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  EXPECT_EQ(describe(contents.at("layers/0001/weights")), "int8 [1, 2, 2, 1]");
  EXPECT_EQ(describe(contents.at("layers/0002/weights")), "int16 [3, 1, 1, 1]");
  EXPECT_EQ(describe(contents.at("layers/0001/weight_codes")), "uint8 [1, 2, 2, 1]");
  EXPECT_EQ(describe(contents.at("layers/0002/weight_codes")), "int16 [3, 1, 1, 1]");
}

TEST_F(IntegerNetworkFileTest, HasTheCodesOfItsWeights) {
  auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  const auto* codes =
      std::get_if<std::vector<std::uint8_t>>(&contents.at("layers/0001/weight_codes").values);
  ASSERT_NE(codes, nullptr);
  EXPECT_EQ(*codes, (std::vector<std::uint8_t>{0x81, 0x7f, 0, 1}));
  auto array = contents.at("layers/0001/weight_codes");
  std::get<std::vector<std::uint8_t>>(array.values)[2] = 2;
  contents.put("layers/0001/weight_codes", array);
  EXPECT_THAT(error_of([&] { integer_network_from(contents); }),
              HasSubstr("weight_codes must be the codes of the weights in linear8"));
}

TEST_F(IntegerNetworkFileTest, ScalesMustBePairs) {
  auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  contents.put_list("layers/0001/scales/shift", std::vector<std::int32_t>{7, 7});
  EXPECT_THAT(error_of([&] { integer_network_from(contents); }),
              HasSubstr("scales must have as many shifts as multipliers, got 2 and 1"));
}

TEST_F(IntegerNetworkFileTest, MustPassTheNetworksCheck) {
  auto file = sample_integer_network();
  file.network.layers[1].bias[0] = std::numeric_limits<std::int32_t>::max();
  EXPECT_THAT(error_of([&] { write_integer_network(path("int.h5"), file); }),
              AllOf(HasSubstr("int.h5"), HasSubstr("middle")));
  auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  contents.put_scalar("layers/0001@groups", std::int32_t{0});
  EXPECT_THAT(error_of([&] { integer_network_from(contents); }),
              AllOf(HasSubstr("int.h5"), HasSubstr("groups")));
}

TEST_F(IntegerNetworkFileTest, MustHaveItsFingerprint) {
  auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  contents.put_list("layers/0001/scales/shift", std::vector<std::int32_t>{8});
  EXPECT_THAT(error_of([&] { integer_network_from(contents); }),
              HasSubstr("int.h5: expected fingerprint"));
}

TEST_F(IntegerNetworkFileTest, WeightsMustHaveTheirShape) {
  auto contents = integer_network_contents(sample_integer_network(), "int.h5");
  auto array = contents.at("layers/0001/weights");
  array.shape = {1, 4, 1, 1};
  contents.put("layers/0001/weights", array);
  EXPECT_THAT(error_of([&] { integer_network_from(contents); }),
              HasSubstr("layers/0001/weights must be int8 [1, 2, 2, 1], got int8 [1, 4, 1, 1]"));
}

TEST_F(TrainingStateFileTest, ComesBack) {
  const auto graph = sample_network().network.graph;
  const auto state = sample_training_state();
  write_training_state(path("state.h5"), graph, state, {});
  const auto read = read_training_state(path("state.h5"), graph);
  EXPECT_EQ(read.epochs_done, 2);
  EXPECT_EQ(read.weights, state.weights);
  EXPECT_EQ(read.momentum, state.momentum);
  EXPECT_EQ(read.history, state.history);
}

TEST_F(TrainingStateFileTest, BelongsToItsGraph) {
  const auto graph = sample_network().network.graph;
  write_training_state(path("state.h5"), graph, sample_training_state(), {});
  auto nodes = graph.nodes();
  nodes.back().op.channels = 4;
  const Graph other(graph.input_shape(), nodes);
  EXPECT_THAT(error_of([&] { read_training_state(path("state.h5"), other); }),
              AllOf(HasSubstr("state.h5"), HasSubstr("another graph"),
                    HasSubstr(canonical_hash(graph)), HasSubstr(canonical_hash(other))));
}

TEST_F(TrainingStateFileTest, MomentumMustFit) {
  const auto graph = sample_network().network.graph;
  const auto message = [&](const std::string& name, Tensor tensor) {
    auto state = sample_training_state();
    state.momentum[name] = std::move(tensor);
    return error_of([&] { write_training_state(path("state.h5"), graph, state, {}); });
  };
  EXPECT_THAT(message("other.weight", {{1}, {0}}), HasSubstr("'other.weight', which is no"));
  EXPECT_THAT(message("classes.bias", {{1}, {0}}), HasSubstr("its parameter's shape"));
  EXPECT_THAT(message("classes.bias", {{3}, {0, INFINITY, 0}}), HasSubstr("must be finite"));
}

TEST_F(CampaignFileTest, ComesBack) {
  const auto file = sample_campaign();
  write_campaign(path("campaign.h5"), file);
  const auto read = read_campaign(path("campaign.h5"));
  EXPECT_EQ(read.network_fingerprint, file.network_fingerprint);
  EXPECT_EQ(read.layers, file.layers);
  EXPECT_EQ(read.result.rows, file.result.rows);
  EXPECT_EQ(read.result.curve, file.result.curve);
  EXPECT_EQ(read.result.rises, file.result.rises);
  EXPECT_EQ(read.result.population, file.result.population);
  EXPECT_EQ(read.result.strata, file.result.strata);
  EXPECT_EQ(read.result.sampling, Sampling::bits);
  EXPECT_FALSE(read.result.is_sequential);
  EXPECT_EQ(read.result.labels, file.result.labels);
  EXPECT_EQ(read.result.images, 10U);
  EXPECT_EQ(read.result.correct, 7U);
}

// Rows 0..5 have outcomes 0, 1, 2 at one site and 3, 4, 0 at the other. Exact, 95 %: 0 of 3 of many
// gives 1 - 0.025^(1/3) at most; 1 of 3 of 96 gives 1 to 86 of 96 and 1 of 2 of its 63 right ones 1
// to 62, summed in whole numbers.
TEST_F(CampaignFileTest, SummarizesBySite) {
  write_campaign(path("campaign.h5"), sample_campaign());
  const auto summary = read_campaign_summary(path("campaign.h5"));
  ASSERT_EQ(summary.sites.size(), 2U);
  const auto& first = summary.sites[0];
  const auto& second = summary.sites[1];
  EXPECT_EQ(first.site, Site::accumulator);
  EXPECT_EQ(first.population, 1ULL << 40);
  EXPECT_EQ(first.sum.trials(), 3U);
  EXPECT_EQ(first.sum.counts(), (EventCounts{1, 1, 1, 0, 0, 3, 0, 0, 0}));
  EXPECT_NEAR(first.sum[OutcomeKind::sdc].interval.low, 0, 1e-9);
  EXPECT_NEAR(first.sum[OutcomeKind::sdc].interval.high, 1 - std::cbrt(0.025), 1e-6);
  EXPECT_EQ(first.sum[OutcomeKind::sdc].share, 0);
  EXPECT_GE(first.sum[OutcomeKind::sdc].images_interval.high,
            first.sum[OutcomeKind::sdc].interval.high);
  EXPECT_EQ(second.site, Site::weight_memory);
  EXPECT_EQ(second.sum.counts(), (EventCounts{1, 0, 0, 1, 1, 1, 1, 3, 1}));
  EXPECT_DOUBLE_EQ(second.sum[OutcomeKind::sdc].share, 1.0 / 3);
  EXPECT_NEAR(second.sum[OutcomeKind::sdc].interval.low, 1.0 / 96, 1e-12);
  EXPECT_NEAR(second.sum[OutcomeKind::sdc].interval.high, 86.0 / 96, 1e-12);
  EXPECT_EQ(first.right, 2U);
  EXPECT_EQ(first.right_sdc, 0U);
  EXPECT_EQ(second.right, 2U);
  EXPECT_EQ(second.right_sdc, 1U);
  EXPECT_DOUBLE_EQ(second.right_sdc_share, 0.5);
  EXPECT_EQ(first.right_after, 1U);
  EXPECT_EQ(second.right_after, 0U);
  EXPECT_EQ(second.sum[Failure::sdc5].trials, 1U);
  EXPECT_EQ(second.sum[Failure::sdc5].interval, second.sum[OutcomeKind::sdc].interval);
  EXPECT_EQ(second.sum[Failure::drop10].trials, 3U);
  EXPECT_EQ(second.sum[Failure::drop10].interval.high, 1);
  EXPECT_EQ(second.sum[Failure::drop20].share, 1.0 / 3);
  EXPECT_NEAR(second.right_sdc_interval.low, 1.0 / 63, 1e-12);
  EXPECT_NEAR(second.right_sdc_interval.high, 62.0 / 63, 1e-12);
  EXPECT_EQ(summary.result.curve, sample_campaign().result.curve);
  EXPECT_EQ(summary.layers, sample_campaign().layers);
  EXPECT_EQ(summary.result.images, 10U);
  EXPECT_EQ(summary.result.correct, 7U);
}

TEST_F(CampaignFileTest, MayHaveNoRowsOrNoCurve) {
  auto file = sample_campaign();
  file.result.rows.clear();
  write_campaign(path("a.h5"), file);
  EXPECT_TRUE(read_campaign(path("a.h5")).result.rows.empty());
  EXPECT_TRUE(read_campaign_summary(path("a.h5")).sites.empty());
  file = sample_campaign();
  file.result.curve.clear();
  write_campaign(path("b.h5"), file);
  EXPECT_TRUE(read_campaign(path("b.h5")).result.curve.empty());
}

// Errors 0.4 and 1 at the one rate, 0.3 without faults.
TEST_F(CampaignFileTest, KeepsWhatTheCurveAddsUpTo) {
  const auto contents = campaign_contents(sample_campaign(), "campaign.h5");
  EXPECT_DOUBLE_EQ(contents.list<double>("curve_summary/mean").at(0), 0.7);
  EXPECT_EQ(contents.list<std::int32_t>("curve_summary/seeds").at(0), 2);
  EXPECT_EQ(contents.list<double>("curve_summary/high").at(0), 1);
  EXPECT_EQ(contents.list<double>("rise_rates/rate"), (std::vector<double>{0, HUGE_VAL}));
  EXPECT_EQ(contents.list<double>("rise_rates/low"), (std::vector<double>{0, 0}));
}

TEST_F(CampaignFileTest, TheCurveMustAddUp) {
  const auto message = [](const char* path, auto values) {
    auto contents = campaign_contents(sample_campaign(), "campaign.h5");
    contents.put_list(path, std::move(values));
    return error_of([&] { campaign_from(contents); });
  };
  EXPECT_THAT(message("rises", std::vector{0.05, 1.5}), HasSubstr("at most 1, got 1.5"));
  EXPECT_THAT(message("rises", std::vector{0.05}), HasSubstr("rise_rates/site"));
  EXPECT_THAT(message("curve_summary/rate", std::vector{1e-4}), HasSubstr("curve_summary/rate"));
  EXPECT_THAT(message("curve_summary/seeds", std::vector<std::int32_t>{3}),
              HasSubstr("curve_summary/seeds"));
  EXPECT_THAT(message("curve_summary/mean", std::vector{0.5, 0.5}), HasSubstr("got 2"));
  EXPECT_THAT(message("rise_rates/low", std::vector<double>{}), HasSubstr("got 0"));
}

// Rows 1 and 4 of a list have further faults, and sites are mixed.
CampaignFile list_campaign() {
  auto file = sample_campaign();
  auto& result = file.result;
  result.sampling = Sampling::list;
  for (auto& stratum : result.strata) stratum.population = 0;
  result.population = {0, 0};
  std::swap(result.rows[1], result.rows[4]);
  for (const std::size_t row : {1, 4}) {
    const Fault further{.site = result.rows[row].fault.site,
                        .layer = 2,
                        .element = 5,
                        .bit = 6,
                        .effect = Effect::stuck_at_1};
    result.rows[row].further.assign(row, further);
    result.rows[row].further.back().step = 9;
  }
  return file;
}

TEST_F(CampaignFileTest, OfAListComesBackInItsOrder) {
  const auto file = list_campaign();
  write_campaign(path("list.h5"), file);
  const auto read = read_campaign(path("list.h5")).result;
  EXPECT_EQ(read.rows, file.result.rows);
  EXPECT_EQ(read.sampling, Sampling::list);
  const auto contents = campaign_contents(file, "list.h5");
  EXPECT_EQ(contents.list<std::uint64_t>("further_faults/row"),
            (std::vector<std::uint64_t>{1, 4, 4, 4, 4}));
  EXPECT_EQ(contents.list<std::uint32_t>("further_faults/step"),
            (std::vector<std::uint32_t>{9, 0, 0, 0, 9}));
  const auto summary = read_campaign_summary(path("list.h5"));
  ASSERT_EQ(summary.sites.size(), 2U);
  EXPECT_EQ(summary.sites[1].sum.counts(), (EventCounts{1, 0, 0, 1, 1, 1, 1, 3, 1}));
  EXPECT_DOUBLE_EQ(summary.sites[1].sum[OutcomeKind::sdc].share, 1.0 / 3);
  EXPECT_FALSE(summary.sites[1].sum[OutcomeKind::sdc].interval.is_known());
  EXPECT_FALSE(summary.sites[1].sum[OutcomeKind::sdc].images_interval.is_known());
  EXPECT_FALSE(summary.sites[0].right_sdc_interval.is_known());
}

TEST_F(CampaignFileTest, APartOfAListNeedNotHaveAllItsSites) {
  auto file = list_campaign();
  std::erase_if(file.result.rows,
                [](const Row& row) { return row.fault.site == Site::accumulator; });
  write_campaign(path("part.h5"), file);
  const auto sites = read_campaign_summary(path("part.h5")).sites;
  ASSERT_EQ(sites.size(), 1U);
  EXPECT_EQ(sites[0].site, Site::weight_memory);
}

TEST_F(CampaignFileTest, FurtherFaultsMustHold) {
  const auto message = [](const char* name, auto values) {
    auto contents = campaign_contents(list_campaign(), "list.h5");
    contents.put_list(std::string("further_faults/") + name, std::move(values));
    return error_of([&] { campaign_from(contents); });
  };
  using Numbers = std::vector<std::uint64_t>;
  EXPECT_THAT(message("row", Numbers{1, 4, 4, 4, 6}), HasSubstr("lie below 6, got 6"));
  EXPECT_THAT(message("row", Numbers{4, 1, 4, 4, 4}), HasSubstr("must rise"));
  EXPECT_THAT(message("row", Numbers{1}), HasSubstr("further_faults/effect must have 1 values"));
  EXPECT_THAT(message("layer", std::vector<std::uint32_t>{2, 2, 2, 2, 3}),
              HasSubstr("row 4 must be in one of 3 layers, got 3"));
  auto file = list_campaign();
  file.result.rows[3].fault.site = Site::product;
  EXPECT_THAT(error_of([&] { write_campaign(path("list.h5"), file); }),
              HasSubstr("rows of a list must lie in its 2 sites"));
}

TEST_F(CampaignFileTest, EachTrialHasItsFaults) {
  auto file = sample_campaign();
  file.result.faults_per_trial = 2;
  for (auto& row : file.result.rows) row.further = {row.fault};
  write_campaign(path("two.h5"), file);
  const auto read = read_campaign(path("two.h5")).result;
  EXPECT_EQ(read.rows, file.result.rows);
  EXPECT_EQ(read.faults_per_trial, 2U);
  EXPECT_EQ(read_campaign_summary(path("two.h5")).result.faults_per_trial, 2U);
  file.result.rows[2].further.clear();
  EXPECT_THAT(error_of([&] { write_campaign(path("two.h5"), file); }),
              HasSubstr("row 2 must have 2 faults, got 1"));
}

TEST_F(CampaignFileTest, RowsMustHold) {
  const auto message = [&](const std::function<void(CampaignResult&)>& change) {
    auto file = sample_campaign();
    change(file.result);
    return error_of([&] { write_campaign(path("campaign.h5"), file); });
  };
  EXPECT_THAT(message([](auto& result) { result.rows[4].fault.layer = 3; }),
              HasSubstr("row 4 must be in one of 3 layers, got 3"));
  EXPECT_THAT(message([](auto& result) { result.rows[0].image = 10; }),
              HasSubstr("row 0 must use one of 10 images, got 10"));
  EXPECT_THAT(message([](auto& result) { result.rows[5].outcome.logit_change = NAN; }),
              HasSubstr("row 5"));
  EXPECT_THAT(message([](auto& result) { result.rows[1].fault.site = Site::product; }),
              HasSubstr("rows must come site by site in the order of the 2 sites"));
  EXPECT_THAT(message([](auto& result) { result.rows.resize(3); }),
              HasSubstr("rows must come site by site"));
  EXPECT_THAT(message([](auto& result) { result.strata[0].layer = 1; }),
              HasSubstr("a fault in accumulator of layer 2, bit 30, must lie in one of 1 strata"));
  EXPECT_THAT(message([](auto& result) { result.strata[1].weight = 0.5; }),
              HasSubstr("strata/weight of site weight_memory must add up to 1, got 0.5"));
  EXPECT_THAT(message([](auto& result) { result.population[1] = 2; }),
              HasSubstr("3 trials, more than its 2 pairs"));
  EXPECT_THAT(message([](auto& result) { result.curve[1].wrong = 11; }),
              HasSubstr("curve point 1"));
  EXPECT_THAT(message([](auto& result) { result.curve[0].rate = 1.5; }),
              HasSubstr("rate in [0, 1], got 1.5"));
  EXPECT_THAT(message([](auto& result) { result.correct = 11; }), HasSubstr("at most 10 images"));
  EXPECT_THAT(message([](auto& result) { result.labels.pop_back(); }),
              HasSubstr("10 images must have a label each, got 9"));
}

TEST_F(CampaignFileTest, KeepsGroups) {
  write_campaign(path("campaign.h5"), sample_campaign());
  const auto summary = read_campaign_summary(path("campaign.h5"));
  EXPECT_EQ(summary.groups, outcome_groups(sample_campaign().result));
  EXPECT_EQ(summary.result.channels, sample_campaign().result.channels);
  EXPECT_TRUE(summary.result.rows.empty());
}

TEST_F(CampaignFileTest, GroupsMustFitTheirSites) {
  const auto error_with = [](const char* path, auto values) {
    auto contents = campaign_contents(sample_campaign(), "campaign.h5");
    contents.put_list(path, std::vector(values));
    return error_of([&] { campaign_summary_from(contents); });
  };
  using Words = std::initializer_list<std::uint32_t>;
  EXPECT_THAT(error_with("groups/channel/channel", Words{0, 3, 0, 0, 2}),
              HasSubstr("groups/channel/channel must be below 3, got 3"));
  EXPECT_THAT(error_with("groups/channel/channel", Words{0, 1, 0, 2, 2}),
              HasSubstr("groups/channel must follow by site, layer and index, each once"));
  using Counts = std::initializer_list<std::uint64_t>;
  EXPECT_THAT(error_with("groups/class/drop20", Counts{0, 0}),
              HasSubstr("groups/class must have all trials of weight_memory"));
  EXPECT_THAT(
      error_with("groups/class/masked_at_site", Counts{0, 1}),
      HasSubstr("groups/class/masked must be the sum of the outcomes that are masked, got 3"));
  EXPECT_THAT(error_with("groups/class/drop10", Counts{4, 3}),
              HasSubstr("groups/class/drop10 must be at most the sum of the outcomes, 3, got 4"));
  EXPECT_THAT(error_with("groups/label/sdc", Counts{0, 0, 0, 2}),
              HasSubstr("groups/label must have at most the trials of weight_memory"));
  EXPECT_THAT(error_with("layer_channels", Words{1, 0, 3}),
              HasSubstr("layer_channels must be at least 1, got 0"));
}

TEST_F(CampaignFileTest, SummaryMustBeThatOfTheRows) {
  auto contents = campaign_contents(sample_campaign(), "campaign.h5");
  contents.put_list("summary/sdc", std::vector<std::uint64_t>{1, 0});
  contents.put_list("summary/masked_at_site", std::vector<std::uint64_t>{0, 2});
  contents.put_list("summary/masked", std::vector<std::uint64_t>{2, 2});
  EXPECT_THAT(error_of([&] { campaign_from(contents); }),
              HasSubstr("campaign.h5: summary must be what the rows add up to"));
}

// Those of a sample.
TEST_F(CampaignFileTest, IntervalsOfTheSummaryMustBeKnown) {
  const auto error_without = [](const std::string& interval) {
    auto contents = campaign_contents(sample_campaign(), "campaign.h5");
    for (const auto* end : {"_low", "_high"}) {
      auto values = contents.list<double>("summary/" + interval + end);
      values[1] = kNoInterval.low;
      contents.put_list("summary/" + interval + end, values);
    }
    return error_of([&] { campaign_summary_from(contents); });
  };
  EXPECT_THAT(error_without("sdc"), HasSubstr("summary/sdc_low and summary/sdc_high must be"));
  EXPECT_THAT(error_without("sdc_images"),
              HasSubstr("summary/sdc_images_low and summary/sdc_images_high must be"));
}

TEST_F(CampaignFileTest, ABigOneIsSmallOnDisk) {
  auto file = sample_campaign();
  file.result.population = {1 << 20};
  file.result.strata = {{.site = Site::accumulator, .population = 1 << 20}};
  file.result.rows.clear();
  for (std::uint32_t i = 0; i < 100000; ++i)
    file.result.rows.push_back(
        {.fault = {.layer = i % 3, .element = i, .bit = i % 32}, .image = i % 10, .outcome = {}});
  write_campaign(path("big.h5"), file);
  EXPECT_LT(std::filesystem::file_size(path("big.h5")), 1000000U);
  EXPECT_EQ(read_campaign(path("big.h5")).result.rows, file.result.rows);
}

TEST_F(ExhaustiveFileTest, ComesBack) {
  const auto file = sample_exhaustive();
  write_exhaustive(path("e.h5"), file);
  const auto read = read_exhaustive(path("e.h5"));
  EXPECT_EQ(read.layers, file.layers);
  EXPECT_EQ(read.result.labels, file.result.labels);
  EXPECT_EQ(read.result.classes, file.result.classes);
  EXPECT_EQ(read.result.counts, file.result.counts);
  EXPECT_EQ(read.result.criticality, file.result.criticality);
  EXPECT_EQ(read.shapes, file.shapes);
  EXPECT_EQ(read.result.trials, 17U);
}

TEST_F(ExhaustiveFileTest, CriticalityMustHaveTheLayersShape) {
  auto file = sample_exhaustive();
  file.shapes[1] = {1, 2, 4};
  EXPECT_THAT(error_of([&] { write_exhaustive(path("e.h5"), file); }),
              HasSubstr("criticality of layer 1, product must be of 1x2x4 outputs, got 6"));
}

// Three filters: of 2 weights and a bias each.
TEST_F(ExhaustiveFileTest, CriticalityOfWeightsIsByFilter) {
  auto file = sample_exhaustive();
  auto& result = file.result;
  std::erase_if(result.counts, [](auto& count) { return count.slot.site == Site::product; });
  for (std::uint32_t image : {1U, 0U})
    result.counts.insert(result.counts.begin() + image,
                         {{image, 1, {Site::weight_memory, 0}, {1, 1, 1, 1, 2, 3}},
                          {image, 1, {Site::bias_memory, 0}, {1, 0, 0, 1, 1, 1}}});
  result.criticality[0] = {1, Site::weight_memory, {0, 2, 1, 1, 0, 0}};
  result.criticality.insert(result.criticality.begin() + 1, {1, Site::bias_memory, {0, 0, 2}});
  write_exhaustive(path("e.h5"), file);
  EXPECT_EQ(read_exhaustive(path("e.h5")).result.criticality, result.criticality);

  result.criticality[1].sdc = {2};
  EXPECT_THAT(error_of([&] { write_exhaustive(path("f.h5"), file); }),
              HasSubstr("layer 1, bias_memory must be of the biases of 3 filters, got 1"));
  result.criticality[0].sdc = {4, 0};
  EXPECT_THAT(
      error_of([&] { write_exhaustive(path("f.h5"), file); }),
      HasSubstr("layer 1, weight_memory must be of as many weights for each of 3 filters, got 2"));
}

TEST_F(ExhaustiveFileTest, CountsMustHold) {
  const auto message = [&](const std::function<void(ExhaustiveResult&)>& change) {
    auto file = sample_exhaustive();
    change(file.result);
    return error_of([&] { write_exhaustive(path("e.h5"), file); });
  };
  EXPECT_THAT(message([](auto& result) { result.classes.pop_back(); }),
              HasSubstr("as many as the 2 labels, got 1"));
  EXPECT_THAT(message([](auto& result) { result.counts.pop_back(); }),
              HasSubstr("for each of 2 images, got 5"));
  EXPECT_THAT(message([](auto& result) { result.counts[4].layer = 3; }), HasSubstr("row 4"));
  EXPECT_THAT(message([](auto& result) { std::swap(result.counts[0], result.counts[1]); }),
              HasSubstr("row 1"));
  const auto message_of_one_more = [&](Event event) {
    return message([&](auto& result) { ++result.counts[3].faults[event]; });
  };
  EXPECT_THAT(message_of_one_more(OutcomeKind::benign), HasSubstr("row 3"));
  EXPECT_THAT(message_of_one_more(OutcomeKind::masked_at_site),
              HasSubstr("counts/masked must be the sum of the outcomes that are masked, got 6"));
  EXPECT_THAT(
      message([](auto& result) { result.counts[3].faults[Failure::drop10] = 13; }),
      HasSubstr("row 3: counts/drop10 must be at most the sum of the outcomes, 12, got 13"));
  // Thrice 2^63 is 2^63 in 64 bits.
  const auto wraps = [](auto& result) {
    constexpr auto kMany = std::uint64_t{1} << 63;
    for (const auto row : {0, 3})
      result.counts[row].faults = EventCounts{kMany, 0, 0, kMany, kMany, kMany};
  };
  EXPECT_THAT(
      message(wraps),
      HasSubstr("row 0: counts: the sum of the outcomes must be at most 4611686018427387904"));
  EXPECT_THAT(message([](auto& result) { ++result.criticality[0].sdc[3]; }),
              HasSubstr("layer 1, product must be that of the counts"));
  EXPECT_THAT(message([](auto& result) { result.criticality[1].sdc.resize(5); }),
              HasSubstr("layer 2, activation_memory"));
  EXPECT_THAT(message([](auto& result) { result.criticality.pop_back(); }),
              HasSubstr("must have 2 lists, got 1"));
}

}  // namespace
}  // namespace citrine::testing
