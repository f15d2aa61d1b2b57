// Where the trials of a campaign end, however often it was killed.
#include "app/campaign_run.h"

#include <algorithm>
#include <filesystem>
#include <memory>

#include <gtest/gtest.h>

#include "app/program.h"
#include "faultsim/subject_images.h"
#include "quant/networks.h"
#include "store/row_log.h"

namespace citrine::testing {
namespace {

constexpr std::uint32_t kImages = 4;

class CampaignRunTest : public ::testing::Test {
 protected:
  Campaign campaign(const CampaignSettings& settings) const {
    return Campaign(subject.network, campaign_images(subject, kImages), settings, *backend);
  }
  // Continues behind what a kill left.
  std::vector<Row> rows(const CampaignSettings& settings, std::span<const Row> left) const {
    auto runs = campaign(settings);
    RowLog log(folder / "log", {});
    log.append(left);
    continue_campaign(runs, settings, {.shard = {}, .deadline = Deadline(0)}, log);
    const auto rows = log.rows();
    log.remove();
    return rows;
  }

  const WorkFolder folder;
  const Subject subject = residual_network();
  const std::unique_ptr<Backend> backend = make_backend("cpu");
};

// A block of the log holds 655 of 1024 trials of 100 faults.
TEST_F(CampaignRunTest, StopsAtTheSameRowsWhereverItWasKilled) {
  CampaignSettings settings;
  settings.sites = {Site::product};
  settings.faults_per_trial = 100;
  settings.trials = 100'000;
  for (const std::uint64_t failures : {1U, 1000U}) {
    settings.stop = {.failures = failures};
    const auto whole = rows(settings, {});
    EXPECT_EQ(whole.size() % kBlock, 0U);
    EXPECT_LT(whole.size(), settings.trials);
    for (const std::size_t left : {655U, 1000U, 1024U})
      EXPECT_EQ(rows(settings, std::span(whole).first(left)), whole) << left;
  }
}

}  // namespace
}  // namespace citrine::testing
