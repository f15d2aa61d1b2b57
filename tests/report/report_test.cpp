#include <algorithm>

#include <gtest/gtest.h>

#include "graph/graph_json.h"
#include "report/aggregate.h"
#include "report/csv.h"
#include "report/html.h"
#include "report/network_figures.h"
#include "report/page.h"
#include "report/report_file.h"

namespace citrine {
namespace {

Row row(std::uint32_t layer, OutcomeKind kind) {
  Row row;
  row.fault.site = Site::product;
  row.fault.layer = layer;
  row.outcome.kind = kind;
  return row;
}

CampaignResult campaign_of(std::vector<Row> rows) {
  const auto site = rows.front().fault.site;
  return {.rows = std::move(rows),
          .curve = {},
          .population = {1ULL << 60},
          .strata = {{.site = site, .population = 1ULL << 60}},
          .labels = {}};
}

TEST(Aggregate, CountsByLayer) {
  const auto campaign = campaign_of(
      {row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign), row(2, OutcomeKind::sdc)});
  const auto counts = count_by_layer(campaign);
  EXPECT_EQ((counts.at({Site::product, 1})[OutcomeKind::sdc]), 1U);
  EXPECT_DOUBLE_EQ(count_by_site(campaign).at(Site::product).share(OutcomeKind::sdc), 2.0 / 3);
}

// Layers of 3/4 and 1/4: 3/4 of 1/2 and 1/4 of 1, where the share of all trials is 2/3.
TEST(Aggregate, WeighsStrata) {
  auto campaign = campaign_of(
      {row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign), row(2, OutcomeKind::sdc)});
  campaign.strata = {{.site = Site::product, .layer = 1, .population = 300, .weight = 0.75},
                     {.site = Site::product, .layer = 2, .population = 100, .weight = 0.25}};
  EXPECT_DOUBLE_EQ(count_by_site(campaign).at(Site::product).share(OutcomeKind::sdc), 0.625);
  EXPECT_DOUBLE_EQ(count_by_layer(campaign).at({Site::product, 1}).share(OutcomeKind::sdc), 0.5);
  campaign.strata.pop_back();
  EXPECT_THROW(count_by_site(campaign), Error);
}

// 0.1 without faults; 0.2 and 0.4 at each seed: up by 0.2 half-way, by 0.5 nowhere.
TEST(Figures, CurvesMarkTheRatesOfARise) {
  std::vector<NetworkEntry> networks(1);
  networks[0].campaign.images = 10;
  networks[0].campaign.correct = 9;
  networks[0].campaign.rises = {0.2, 0.5};
  for (int seed = 0; seed < 3; ++seed) {
    networks[0].campaign.curve.push_back({Site::product, 1e-4, seed, 1, 10, 2, 2});
    networks[0].campaign.curve.push_back({Site::product, 1e-2, seed, 1, 10, 4, 2});
  }
  const auto figure = network_figures(networks).at(0);
  EXPECT_EQ(figure.name, "curve_product");
  EXPECT_NE(figure.script.find("$curve0 << EOD\n0.0001 20 20 20 \n0.01 40 40 40 \nEOD"),
            std::string::npos)
      << figure.script;
  EXPECT_NE(figure.script.find("$rise0 << EOD\n0.001 30 0.001 0.001 \nEOD"), std::string::npos)
      << figure.script;
}

TEST(Figures, PredictionTakesASiteThatWasMeasured) {
  const auto graph =
      graph_from_json(nlohmann::json::parse(R"({"schema": "citrine graph", "version": 1,
      "input": {"height": 4, "width": 4, "channels": 1},
      "nodes": [{"name": "image", "op": "input"},
                {"name": "out", "op": "fully_connected", "inputs": ["image"], "channels": 2}],
      "output": "out"})"));
  std::vector<NetworkEntry> networks(3);
  networks[1].graph = graph;
  networks[1].campaign = campaign_of({row(1, OutcomeKind::sdc)});
  auto other = row(1, OutcomeKind::sdc);
  other.fault.site = Site::activation_memory;
  networks[2].campaign = campaign_of({other});
  const auto figures = network_figures(networks);
  const auto prediction = std::ranges::find(figures, "prediction", &Figure::name);
  ASSERT_NE(prediction, figures.end());
  EXPECT_NE(prediction->script.find("\nplot $network1 "), std::string::npos) << prediction->script;
}

// 2 trials of which 1 is SDC: 1 - (1 - p)^2 = 0.025 at p = 1.258 %, and by symmetry 98.742 %.
TEST(Figures, LayersSayTheirTrialsAndTheIntervalOfSdc) {
  std::vector<NetworkEntry> networks(1);
  networks[0].campaign = campaign_of({row(3, OutcomeKind::sdc), row(3, OutcomeKind::benign)});
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_NE(figures[0].script.find("\n3 0 0 0 50 100 1.25"), std::string::npos);
  EXPECT_NE(figures[0].script.find(" 98.74"), std::string::npos);
  EXPECT_NE(figures[0].script.find("\"3 (2)\""), std::string::npos) << figures[0].script;
}

TEST(Figures, ARateOfZeroIsNotDrawnOnALogarithmicAxis) {
  std::vector<NetworkEntry> networks(2);
  networks[0].campaign.curve = {{Site::weight_memory, 0, 0, 0, 10, 2, 0}};
  EXPECT_TRUE(network_figures(networks).empty());
  networks[1].campaign.curve = {{Site::weight_memory, 0.1, 0, 1, 10, 2, 2}};
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].script.find("$curve0"), std::string::npos);
}

TEST(Html, EscapesAndGroups) {
  EXPECT_EQ(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
  EXPECT_EQ(grouped(1234567), "1\u2009234\u2009567");
  EXPECT_EQ(grouped(-123), "-123");
}

TEST(Page, ShowsEveryNetworkByName) {
  ReportContent content;
  content.networks.emplace_back().name = "small<net>";
  const auto page = html_page(content, {});
  EXPECT_NE(page.find("small&lt;net&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Csv, HasARowForEachLayerAndSite) {
  ReportContent content;
  content.networks.emplace_back().name = "a,b";
  content.networks[0].layers = {"in", "c1"};
  content.networks[0].campaign = campaign_of({row(1, OutcomeKind::sdc)});
  const auto tables = csv_tables(content);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_NE(tables[0].text.find("\"a,b\",product,1,c1,1,0,0,0,0,1,"), std::string::npos)
      << tables[0].text;
}

TEST(ReportFile, HoldsCountsByLayer) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].layers = {"in", "c1"};
  content.networks[0].campaign =
      campaign_of({row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign)});
  const auto contents = report_contents(content);
  EXPECT_EQ(contents.list<std::uint64_t>("networks/net/outcomes/sdc"),
            std::vector<std::uint64_t>{1});
  EXPECT_EQ(contents.list<std::string>("networks/net/outcomes/layer_name"),
            std::vector<std::string>{"c1"});
}

}  // namespace
}  // namespace citrine
