#include <gtest/gtest.h>

#include "report/aggregate.h"
#include "report/csv.h"
#include "report/html.h"
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

TEST(Aggregate, CountsByLayer) {
  const std::vector<Row> rows = {row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign),
                                 row(2, OutcomeKind::sdc)};
  const auto counts = count_by_layer(rows);
  EXPECT_EQ((counts.at({Site::product, 1})[OutcomeKind::sdc]), 1U);
  EXPECT_DOUBLE_EQ(count_by_site(rows).at(Site::product).share(OutcomeKind::sdc), 2.0 / 3);
}

TEST(Aggregate, BandsGoFromLeastToGreatestSeed) {
  const std::vector<CurvePoint> curve = {{Site::weight_memory, 0.1, 0, 1, 10, 2, 2},
                                         {Site::weight_memory, 0.1, 1, 1, 10, 4, 4}};
  const auto band = curve_bands(curve).at(Site::weight_memory).front();
  EXPECT_DOUBLE_EQ(band.low, 0.2);
  EXPECT_DOUBLE_EQ(band.mean, 0.3);
  EXPECT_DOUBLE_EQ(band.high, 0.4);
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
  content.networks[0].campaign.rows = {row(1, OutcomeKind::sdc)};
  const auto tables = csv_tables(content);
  ASSERT_EQ(tables.size(), 2U);
  EXPECT_NE(tables[0].text.find("\"a,b\",product,1,c1,1,0,0,0,0,1,"), std::string::npos)
      << tables[0].text;
}

TEST(ReportFile, HoldsCountsByLayer) {
  ReportContent content;
  content.networks.emplace_back().name = "net";
  content.networks[0].layers = {"in", "c1"};
  content.networks[0].campaign.rows = {row(1, OutcomeKind::sdc), row(1, OutcomeKind::benign)};
  const auto contents = report_contents(content);
  EXPECT_EQ(contents.list<std::uint64_t>("networks/net/outcomes/sdc"),
            std::vector<std::uint64_t>{1});
  EXPECT_EQ(contents.list<std::string>("networks/net/outcomes/layer_name"),
            std::vector<std::string>{"c1"});
}

}  // namespace
}  // namespace citrine
