// What campaigns and exact counts found, as text.
#include <cstdio>

#include <gtest/gtest.h>

#include "app/campaign_table.h"
#include "app/exhaustive_table.h"
#include "faultsim/outcome_groups.h"

namespace citrine::testing {
namespace {

using Json = nlohmann::ordered_json;

// 16 faults under each of two images.
ExhaustiveFile exact_file() {
  ExhaustiveFile file;
  file.layers = {"in", "c1"};
  file.result.labels = file.result.classes = {0, 0};
  file.result.counts = {{0, 1, {Site::product, 5}, {1, 2, 3, 3, 7, 6}},
                        {1, 1, {Site::product, 5}, {8, 0, 0, 7, 1, 8}}};
  return file;
}

template <class Print>
std::string printed(const Print& print) {
  ::testing::internal::CaptureStdout();
  print();
  return ::testing::internal::GetCapturedStdout();
}

// Lines before the estimator.
std::string exact_text(const ExhaustiveFile& file) {
  const auto text = printed([&] { print_exhaustive(exhaustive_json(file), false); });
  return text.substr(0, text.find("shares are exact"));
}

TEST(Tables, ExactCountsTellWhatIsBenignAndMasked) {
  auto file = exact_file();
  const auto json = exhaustive_json(file).at("sites").at(0);
  const auto like = [&](const std::string& event) {
    const auto& interval = json.at(event + "_images_interval");
    char text[80];
    std::snprintf(text, sizeof text, "; images like these %.5f %% to %.5f %%\n",
                  100 * interval.at(0).get<double>(), 100 * interval.at(1).get<double>());
    return std::string(text);
  };
  EXPECT_EQ(exact_text(file), "product            8 of 32 faults SDC: 25.00000 %" + like("sdc") +
                                  "                   benign 31.25000 %" + like("benign") +
                                  "                   masked 43.75000 %" + like("masked"));
  // One image is no sample of images.
  file.result.counts.pop_back();
  file.result.labels.pop_back();
  file.result.classes.pop_back();
  EXPECT_EQ(exact_text(file),
            "product            7 of 16 faults SDC: 43.75000 %\n"
            "                   benign 18.75000 %\n"
            "                   masked 37.50000 %\n");
}

TEST(Tables, ExactCountsOfNoImageThatIsRightHaveNoInterval) {
  auto file = exact_file();
  EXPECT_TRUE(exhaustive_json(file).at("sites").at(0).contains("right_sdc_images_interval"));
  file.result.labels = {1, 2};
  const auto json = exhaustive_json(file).at("sites").at(0);
  EXPECT_EQ(json.at("right"), 0);
  EXPECT_EQ(json.at("right_sdc"), 0);
  EXPECT_FALSE(json.contains("right_sdc_images_interval"));
}

// 1, 1 and 2 of 4; intervals as in the JSON.
TEST(Tables, CampaignsTellWhatIsBenignAndMasked) {
  Json site = {{"site", "product"}, {"trials", 4}};
  OutcomeSummary sum;
  sum[OutcomeKind::sdc] = {1, 0.25, {0.125, 0.5}, {0.0625, 0.75}};
  sum[OutcomeKind::benign] = {1, 0.25, {0.1, 0.5}, {0, 1}};
  sum[Event::masked()] = {2, 0.5, {0.25, 0.75}, {0.2, 0.8}};
  add_sum(site, sum);
  EXPECT_EQ(printed([&] {
              print_findings({{"sites", Json::array({site})}});
            }),
            "product            1 of 4 trials SDC: 25.000 %, 12.500 % to 50.000 %; images like "
            "these 6.250 % to 75.000 %\n"
            "                   benign 25.000 %, 10.000 % to 50.000 %; images like these 0.000 % "
            "to 100.000 %\n"
            "                   masked 50.000 %, 25.000 % to 75.000 %; images like these 20.000 % "
            "to 80.000 %\n");
}

}  // namespace
}  // namespace citrine::testing
