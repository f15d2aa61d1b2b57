// Several threads at once, started here so that the thread sanitizer sees what orders them.
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "faultsim/campaign.h"
#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "faultsim/golden_cache.h"
#include "quant/networks.h"

namespace citrine::testing {
namespace {

constexpr std::size_t kThreads = 4;

// Calls work(thread) on all threads and waits.
template <class Work>
void on_threads(Work work) {
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < kThreads; ++i) threads.emplace_back(work, i);
}

TEST(Threads, ShareAnEngine) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  const Golden golden = engine.golden(subject.images[0]);
  const FaultSpace space(subject.network, Site::weight_memory);
  std::vector<Outcome> expected;
  for (std::uint64_t i = 0; i < space.size(); ++i) expected.push_back(engine.run(space[i], golden));
  std::vector<std::vector<Outcome>> outcomes(kThreads);
  on_threads([&](std::size_t thread) {
    for (std::uint64_t i = 0; i < space.size(); ++i)
      outcomes[thread].push_back(engine.run(space[i], golden));
  });
  for (const auto& some : outcomes) EXPECT_EQ(some, expected);
}

TEST(Threads, ShareGoldenRuns) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  std::vector<std::int16_t> codes;
  for (const auto& image : subject.images) codes.insert(codes.end(), image.begin(), image.end());
  const auto count = static_cast<std::uint32_t>(subject.images.size());
  // The second cache has room for 4 images.
  for (const std::uint64_t bytes : {std::uint64_t{1000}, std::uint64_t{1} << 28}) {
    const GoldenCache cache(engine, codes, count, bytes);
    on_threads([&](std::size_t) {
      for (std::uint32_t image = 0; image < count; ++image)
        EXPECT_EQ(cache(image)->logits, engine.golden(subject.images[image]).logits);
    });
    EXPECT_EQ(cache(0), cache(0));
    EXPECT_EQ(cache(count - 1) == cache(count - 1), bytes == 1000);
  }
}

TEST(Threads, ShareACampaign) {
  const auto subject = residual_network();
  const auto backend = make_backend("cpu");
  CampaignImages images{subject.images[0], {1}};
  images.codes.insert(images.codes.end(), subject.images[1].begin(), subject.images[1].end());
  images.labels.push_back(2);
  CampaignSettings settings;
  settings.sites = {Site::accumulator};
  settings.trials = 300;
  settings.rates = {0.01};
  const Campaign campaign(subject.network, images, settings, *backend);
  const auto rows = campaign.run(0, 300);
  std::vector<std::vector<Row>> answers(kThreads);
  std::vector<CurvePoint> points(kThreads);
  on_threads([&](std::size_t thread) {
    answers[thread] = campaign.run(0, 300);
    points[thread] = campaign.run_point(10);
    EXPECT_EQ(campaign.frame().images, 2U);
  });
  for (std::size_t i = 0; i < kThreads; ++i) {
    EXPECT_EQ(answers[i], rows);
    EXPECT_EQ(points[i], points[0]);
  }
}

}  // namespace
}  // namespace citrine::testing
