#include <algorithm>

#include <gtest/gtest.h>

#include "graph/graph_json.h"
#include "report/cost_figures.h"
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

// Of a network with layers "in" and "c1" to "c3", of two channels each; an array of 2 x 3.
CampaignSummary campaign_of(std::vector<Row> rows) {
  const auto site = rows.front().fault.site;
  CampaignResult result;
  result.rows = std::move(rows);
  result.population = {1ULL << 60};
  result.strata = {{.site = site, .population = 1ULL << 60}};
  result.labels = {4};
  result.images = result.correct = 1;
  result.channels.resize(4, {.channels = 2, .filter_weights = 1});
  result.array = {.rows = 2, .columns = 3};
  CampaignSummary campaign;
  campaign.layers = {"in", "c1", "c2", "c3"};
  campaign.sites = summarize(result);
  campaign.groups = outcome_groups(result);
  result.rows.clear();
  campaign.result = std::move(result);
  return campaign;
}

// 0.1 without faults; 0.2 and 0.4 at each seed: up by 0.2 half-way, by 0.5 nowhere.
TEST(Figures, CurvesMarkTheRatesOfARise) {
  std::vector<NetworkEntry> networks(1);
  networks[0].campaign.result.images = 10;
  networks[0].campaign.result.correct = 9;
  networks[0].campaign.result.rises = {0.2, 0.5};
  for (int seed = 0; seed < 3; ++seed) {
    networks[0].campaign.result.curve.push_back({Site::product, 1e-4, seed, 1, 10, 2, 2});
    networks[0].campaign.result.curve.push_back({Site::product, 1e-2, seed, 1, 10, 4, 2});
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

// Layers of 64 and 4 neurons with share 1: 1/17, 1/17 and 1/2 of the forms of the index; without
// ReLUs the flip amplitudes weigh sqrt(64) and sqrt(4).
TEST(Figures, SensitivityHasEachLayersPart) {
  const auto graph =
      graph_from_json(nlohmann::json::parse(R"({"schema": "citrine graph", "version": 1,
      "input": {"height": 4, "width": 4, "channels": 1},
      "nodes": [{"name": "image", "op": "input"},
                {"name": "wide", "op": "convolution", "inputs": ["image"], "channels": 4},
                {"name": "narrow", "op": "fully_connected", "inputs": ["wide"], "channels": 4},
                {"name": "out", "op": "fully_connected", "inputs": ["narrow"], "channels": 2}],
      "output": "out"})"));
  const auto figures = sensitivity_figures(graph, sensitivity(graph), "n");
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].name, "sensitivity_n");
  const auto& script = figures[0].script;
  EXPECT_NE(script.find("\n0 5.88235294 5.88235294 50 80 \"wide\""), std::string::npos) << script;
  EXPECT_NE(script.find("\n1 94.1176471 94.1176471 50 20 \"narrow\""), std::string::npos) << script;
}

// 2 trials of which 1 is SDC: 1 - (1 - p)^2 = 0.025 at p = 1.258 %, and by symmetry 98.742 %; none
// is masked: (1 - p)^2 = 0.025 at p = 84.189 %.
TEST(Figures, LayersSayTheirTrialsAndIntervals) {
  std::vector<NetworkEntry> networks(1);
  networks[0].campaign = campaign_of({row(3, OutcomeKind::sdc), row(3, OutcomeKind::benign)});
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_NE(figures[0].script.find("\n3 0 0 0 50 100 0 84.18"), std::string::npos);
  EXPECT_NE(figures[0].script.find(" 1.25"), std::string::npos);
  EXPECT_NE(figures[0].script.find(" 98.74"), std::string::npos);
  EXPECT_NE(figures[0].script.find("\"3 (2)\""), std::string::npos) << figures[0].script;
}

// 1 of 2 trials of the class.
TEST(Figures, ClassesHaveTheirShareAndInterval) {
  std::vector<NetworkEntry> networks(1);
  auto rows = std::vector{row(3, OutcomeKind::sdc), row(3, OutcomeKind::benign)};
  for (auto& one : rows) one.outcome.golden_class = 7;
  networks[0].campaign = campaign_of(rows);
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.at(1).name, "classes_");
  EXPECT_NE(figures[1].script.find("\n7 50 1.25"), std::string::npos) << figures[1].script;
}

Row array_row(std::uint32_t element, OutcomeKind kind) {
  auto fault = row(0, kind);
  fault.fault.site = Site::array_weight;
  fault.fault.element = element;
  return fault;
}

// Column and row of elements 1 and 5 of 2 x 3, and their shares; the array has no layers to show.
TEST(Figures, TheArrayIsAMap) {
  std::vector<NetworkEntry> networks(1);
  networks[0].campaign =
      campaign_of({array_row(1, OutcomeKind::sdc), array_row(5, OutcomeKind::sdc),
                   array_row(5, OutcomeKind::benign)});
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[1].name, "array_");
  EXPECT_NE(figures[1].script.find("EOD\n1 0 100 \n2 1 50 \nEOD"), std::string::npos)
      << figures[1].script;
}

// 128 columns in cells of 2: 0 and 1 share one, of 1 in 2 trials.
TEST(Figures, ALargeArrayJoinsElements) {
  std::vector<NetworkEntry> networks(1);
  auto& campaign = networks[0].campaign;
  campaign = campaign_of({array_row(0, OutcomeKind::sdc), array_row(1, OutcomeKind::benign)});
  campaign.result.array = {.rows = 1, .columns = 128};
  const auto figures = network_figures(networks);
  EXPECT_NE(figures.at(1).script.find("EOD\n0.5 0 50 \nEOD"), std::string::npos)
      << figures[1].script;
}

// Layer c1 of 1 x 2 pixels and 2 channels, under one image: 4 faults an output, of which
// criticality counts 1, 2, 0, 4; the table has 7 of 16.
ExhaustiveFile exact_file() {
  ExhaustiveFile file;
  file.layers = {"in", "c1"};
  file.shapes = {{1, 1, 1}, {1, 2, 2}};
  file.result.labels = file.result.classes = {0};
  file.result.counts = {{0, 1, {Site::product, 5}, {1, 2, 3, 3, 7, 6}}};
  file.result.criticality = {{1, Site::product, {1, 2, 0, 4}}};
  return file;
}

TEST(Figures, ExactCountsAreMaps) {
  std::vector<NetworkEntry> networks(1);
  networks[0].name = "n";
  networks[0].exhaustive = exact_file();
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 3U);
  EXPECT_EQ(figures[0].name, "exact_layers_n");
  EXPECT_NE(figures[0].script.find("\"1 (16)\""), std::string::npos);
  EXPECT_EQ(figures[1].name, "exact_bits_n");
  EXPECT_NE(figures[1].script.find("EOD\n5 1 43.75 \nEOD"), std::string::npos);
  EXPECT_EQ(figures[2].name, "exact_map_product_n");
  for (const auto* label : {"set cblabel 'SDC, %'", "set xlabel 'column'", "set ylabel 'row'"})
    EXPECT_NE(figures[2].script.find(label), std::string::npos) << label;
  EXPECT_EQ(figures[2].script.find("unset cblabel"), std::string::npos);
  EXPECT_NE(figures[2].script.find("EOD\n0 0 37.5 \n1 0 50 \nEOD"), std::string::npos)
      << figures[2].script;
}

// Weights lie in no picture of outputs.
TEST(Figures, ExactCountsOfWeightsAreNoMaps) {
  std::vector<NetworkEntry> networks(1);
  networks[0].name = "n";
  auto file = exact_file();
  file.result.counts[0].slot.site = file.result.criticality[0].site = Site::weight_memory;
  networks[0].exhaustive = std::move(file);
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 2U);
  EXPECT_EQ(figures[0].name, "exact_layers_n");
  EXPECT_EQ(figures[1].name, "exact_bits_n");
  EXPECT_NE(figures[1].script.find("EOD\n5 1 43.75 \nEOD"), std::string::npos);
}

TEST(Page, ShowsExactSharesAndDifferences) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].exhaustive = exact_file();
  content.comparison = nlohmann::ordered_json::parse(R"({"pairing": "by row", "differences": [
      {"first": "a", "second": "b", "curve": [], "sites": [
          {"site": "product", "pairing": "row", "difference": 0.5, "interval": [0.25, 0.75],
           "images_interval": [0.125, 1]}]}]})");
  const auto page = html_page(content, {});
  EXPECT_NE(
      page.find(
          "<td>product</td><td>16</td><td>37.50 %</td><td>18.75 %</td><td>43.75 %</td><td>–</td>"),
      std::string::npos)
      << page;
  EXPECT_NE(page.find("faults on images right without them"), std::string::npos);
  EXPECT_EQ(page.find("Intervals beside"), std::string::npos);
  EXPECT_EQ(page.find("intervals beside"), std::string::npos);
  EXPECT_NE(page.find("<td>b less a</td><td>product</td><td>50 <small>[25, 75]</small></td>"),
            std::string::npos)
      << page;
}

TEST(Page, ShowsExactCountsWhereNoImageIsRight) {
  ReportContent content;
  content.networks.emplace_back().exhaustive = exact_file();
  content.networks[0].exhaustive->result.labels = {1};
  const auto page = html_page(content, {});
  EXPECT_NE(page.find("<td>product</td><td>0</td><td>–</td><td>–</td>"), std::string::npos) << page;
}

// Counts and trials of one network.
TEST(Page, ExplainsFailuresOnce) {
  ReportContent content;
  content.networks.emplace_back().exhaustive = exact_file();
  content.networks[0].campaign = campaign_of({row(2, OutcomeKind::sdc)});
  const auto page = html_page(content, {});
  const auto at = page.find("<p>SDC-5:");
  EXPECT_NE(at, std::string::npos);
  EXPECT_EQ(page.find("<p>SDC-5:", at + 1), std::string::npos);
  EXPECT_NE(page.find("; intervals beside shares are for these images; for images like these"),
            std::string::npos)
      << page;
}

TEST(Figures, ARateOfZeroIsNotDrawnOnALogarithmicAxis) {
  std::vector<NetworkEntry> networks(2);
  networks[0].campaign.result.curve = {{Site::weight_memory, 0, 0, 0, 10, 2, 0}};
  EXPECT_TRUE(network_figures(networks).empty());
  networks[1].campaign.result.curve = {{Site::weight_memory, 0.1, 0, 1, 10, 2, 2}};
  const auto figures = network_figures(networks);
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].script.find("$curve0"), std::string::npos);
}

TEST(Html, EscapesAndGroups) {
  EXPECT_EQ(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
  EXPECT_EQ(grouped(1234567), "1\u2009234\u2009567");
  EXPECT_EQ(grouped(-123), "-123");
  EXPECT_EQ(percent(0.5), "50.00 %");
  EXPECT_EQ(percent(0.00032), "0.0320 %");
  EXPECT_EQ(percent(0), "0.00 %");
  EXPECT_EQ(percent(0.0, Interval{0, 4e-6}), "0.0000 % <small>[0.0000, 0.0004]</small>");
  EXPECT_EQ(percent(0.009, Interval{0.008, 0.011}), "0.90 % <small>[0.80, 1.10]</small>");
}

TEST(Page, ShowsEveryNetworkByName) {
  ReportContent content;
  content.networks.emplace_back().name = "small<net>";
  const auto page = html_page(content, {});
  EXPECT_NE(page.find("small&lt;net&gt;"), std::string::npos);
  EXPECT_EQ(page.find("<script"), std::string::npos);
}

TEST(Page, SaysWhatFaultsDo) {
  ReportContent content;
  content.networks.emplace_back().campaign = campaign_of({row(2, OutcomeKind::sdc)});
  auto& config = content.networks[0].campaign.origin.config;
  const auto says = [&](const char* text) {
    return html_page(content, {}).find(text) != std::string::npos;
  };
  config = {{"effect", "flip"}, {"fault-bits", 1}};
  EXPECT_TRUE(says("<p>Faults: single bits, flip.</p>"));
  config = {{"effect", "stuck_at_1"}, {"fault-bits", 3}};
  EXPECT_TRUE(says("<p>Faults: 3 neighbouring bits, stuck at 1.</p>"));
  config = {{"effect", "random_value"}, {"fault-bits", 0}};
  EXPECT_TRUE(says("<p>Faults: whole registers, random value.</p>"));
  config = {{"effect", "flip"}};  // of a list
  EXPECT_FALSE(says("Faults:"));
}

// Of two trials on an image that is wrong without faults, then right; one is right with its fault.
TEST(Page, ShowsOtherFailuresAndImagesThatWereRight) {
  auto rows = std::vector{row(2, OutcomeKind::sdc), row(2, OutcomeKind::benign)};
  for (auto& each : rows) each.outcome.is_drop10 = 1;
  rows[1].outcome.faulty_class = 4;
  const auto shows = [&](const char* text) {
    ReportContent content;
    content.networks.emplace_back().campaign = campaign_of(rows);
    return html_page(content, {}).find(text) != std::string::npos;
  };
  EXPECT_TRUE(shows("<td>0.00 % <small>[0.00, 84.19]</small></td><td>100.00 % <small>[15.81, "));
  EXPECT_TRUE(shows("<td>0</td><td>–</td><td>1</td>"));
  for (auto& each : rows) each.outcome.golden_class = 4;
  EXPECT_TRUE(shows("<td>2</td><td>50.00 % <small>[1.26, 98.74]</small></td><td>1</td>"));
}

TEST(Page, NamesChannelsThatFailAgainAndAgain) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].campaign = campaign_of({row(2, OutcomeKind::sdc)});
  EXPECT_EQ(html_page(content, {}).find("Channels most likely"), std::string::npos);
  content.networks[0].campaign = campaign_of({row(2, OutcomeKind::sdc), row(2, OutcomeKind::sdc)});
  EXPECT_NE(html_page(content, {}).find("<td>product</td><td>c2</td><td>0</td><td>2</td>"),
            std::string::npos);
}

TEST(Csv, CallsFaultsOfTheArrayThoseOfAllLayers) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].campaign = campaign_of({array_row(5, OutcomeKind::sdc)});
  const auto tables = csv_tables(content);
  EXPECT_NE(tables[0].text.find("net,array_weight,0,all layers,1,"), std::string::npos);
  EXPECT_NE(tables[1].text.find("net,array_weight,array,0,5,1,0,0,0,0.975,"), std::string::npos)
      << tables[1].text;
}

TEST(Csv, HasARowForEachLayerAndSite) {
  ReportContent content;
  content.networks.emplace_back().name = "a,b";
  content.networks[0].campaign = campaign_of({row(1, OutcomeKind::sdc)});
  const auto tables = csv_tables(content);
  ASSERT_EQ(tables.size(), 3U);
  EXPECT_NE(tables[0].text.find("layer_name,trials,masked_at_site,masked_at_site_share,"),
            std::string::npos);
  EXPECT_NE(tables[0].text.find("\"a,b\",product,1,c1,1,0,0,0,0.975,"), std::string::npos)
      << tables[0].text;
}

TEST(ReportFile, HoldsCountsByLayer) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].campaign =
      campaign_of({row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign)});
  const auto contents = report_contents(content);
  EXPECT_EQ(contents.list<std::uint64_t>("networks/net/outcomes/trials"),
            std::vector<std::uint64_t>{2});
  EXPECT_EQ(contents.list<std::uint64_t>("networks/net/groups/bit/trials"),
            std::vector<std::uint64_t>{2});
  EXPECT_EQ(contents.list<std::uint64_t>("networks/net/outcomes/sdc"),
            std::vector<std::uint64_t>{1});
  EXPECT_EQ(contents.list<std::string>("networks/net/outcomes/layer_name"),
            std::vector<std::string>{"c1"});
}

}  // namespace
}  // namespace citrine
