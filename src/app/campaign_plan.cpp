#include "app/campaign_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <iterator>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_run.h"
#include "app/interrupt.h"
#include "store/row_record.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::uint64_t kMeasured = 64;  // trials of each site, after as many that fill the caches

constexpr std::uint64_t kOfOneFault = 8;  // of them, of one permanent fault

// A site's speed and SDC share.
struct Measured {
  double seconds_each = 0, share = 0;
};

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// The first trials, which need no pilot: `each` of every `step`, so that those of permanent faults
// are of several.
std::vector<Row> run_some(const Campaign& campaign, std::uint64_t first, std::uint64_t count,
                          std::uint64_t each, std::uint64_t step) {
  std::vector<Row> rows;
  for (std::uint64_t i = 0; i < count; i += each) {
    const auto begin = first + i / each * step;
    std::ranges::copy(campaign.run(begin, begin + std::min(each, count - i)),
                      std::back_inserter(rows));
  }
  return rows;
}

// `together`: trials of one permanent fault, else 1.
Measured measure(const Campaign& campaign, std::size_t site, std::uint64_t first,
                 std::uint64_t together) {
  const auto pilot = campaign.pilot(site), all = campaign.trials(site);
  const auto each = together > 1 ? std::min(together, kOfOneFault) : kMeasured;
  const auto most = together > 1 ? all / together * each : all;
  const auto count = std::min(kMeasured, pilot > 0 ? pilot : most);
  const auto run = [&] { return run_some(campaign, first, count, each, together); };
  run();
  check_interrupt(kNothingWritten);
  std::vector<Row> rows;
  const double seconds = seconds_of([&] { rows = run(); });
  const auto failures = std::ranges::count_if(
      rows, [](const Row& row) { return row.outcome.kind == OutcomeKind::sdc; });
  const auto trials = static_cast<double>(count);
  return {seconds / trials, (static_cast<double>(failures) + 0.5) / (trials + 1)};
}

Json site_plan(const Campaign& campaign, const CampaignSettings& settings, std::size_t site,
               const CampaignResult& frame, double margin) {
  // Trials that are not independent: those of a permanent fault, which meets all images.
  const std::uint64_t together = settings.is_permanent ? frame.images : 1;
  const auto measured = measure(campaign, site, site * settings.trials, together);
  const auto pairs = frame.population[site];
  const auto population = population_of(settings, pairs);
  const auto trials = expected_trials(settings.stop, measured.share,
                                      {0, campaign.trials(site), population}, kBlock);
  constexpr double kQuantile = 1.96;  // 95 %
  return {{"site", name_of(settings.sites[site])},
          {"faults", pairs / frame.images},
          {"pairs", pairs},
          {"strata", std::ranges::count(frame.strata, settings.sites[site], &Stratum::site)},
          {"sample_size", sample_size(population / together, margin, kQuantile) * together},
          {"trials", trials},
          {"seconds", static_cast<double>(trials) * measured.seconds_each}};
}

double curve_seconds(const Campaign& campaign) {
  if (campaign.curve_points() == 0) return 0;
  return seconds_of([&] { campaign.run_point(0); }) * static_cast<double>(campaign.curve_points());
}

// Shortens all sites alike.
void limit_time(Json& sites, double seconds, double limit) {
  if (limit == 0 || seconds <= limit) return;
  for (auto& site : sites) {
    site["trials"] =
        static_cast<std::uint64_t>(std::ceil(site["trials"].get<double>() * limit / seconds));
    site["seconds"] = site["seconds"].get<double>() * limit / seconds;
  }
}

double sum_of(const Json& sites, const char* name) {
  double sum = 0;
  for (const auto& site : sites) sum += site[name].get<double>();
  return sum;
}

}  // namespace

std::uint64_t expected_trials(const StopRule& stop, double share, const SampleCounts& counts,
                              std::uint64_t block) {
  const auto is_met = [&](std::uint64_t blocks) {
    const auto trials = std::min(blocks * block, counts.trials);
    const auto hits = static_cast<std::uint64_t>(std::llround(share * static_cast<double>(trials)));
    return trials == counts.trials || stop.is_met({hits, trials, counts.population});
  };
  std::uint64_t low = 0, high = 1;
  while (!is_met(high)) low = std::exchange(high, 2 * high);
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (is_met(middle) ? high : low) = middle;
  }
  return std::min(high * block, counts.trials);
}

Json campaign_plan(const Campaign& campaign, const CampaignSettings& settings,
                   const PlanSettings& plan) {
  const auto frame = campaign.frame();
  auto sites = Json::array();
  for (std::size_t i = 0; i < settings.sites.size(); ++i)
    sites.push_back(site_plan(campaign, settings, i, frame, plan.margin));
  limit_time(sites, sum_of(sites, "seconds"), plan.seconds);
  const double curve = curve_seconds(campaign);
  // The log and the result beside it, whose columns shrink by compression.
  const double bytes = 2 * (sum_of(sites, "trials") * kRowBytes * settings.faults_per_trial +
                            static_cast<double>(campaign.curve_points()) * kPointBytes);
  return {{"sampling", name_of(settings.sampling)},
          {"estimator", describe(settings.sampling, settings.stop.is_set(), settings.is_permanent,
                                 settings.faults_per_trial)},
          {"images", frame.images},
          {"margin", plan.margin},
          {"curve_points", campaign.curve_points()},
          {"curve_seconds", curve},
          {"seconds", sum_of(sites, "seconds") + curve},
          {"most_bytes", static_cast<std::uint64_t>(bytes)},
          {"sites", std::move(sites)}};
}

void print_plan(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  std::cout << fmt::format("{:<18} {:>14} {:>17} {:>7} {:>12} {:>12} {:>10}\n", "site", "faults",
                           "pairs", "strata", "sample size", "trials", "seconds");
  for (const auto& site : json["sites"])
    std::cout << fmt::format(
        "{:<18} {:>14} {:>17} {:>7} {:>12} {:>12} {:>10.1f}\n", site["site"].get<std::string>(),
        site["faults"].dump(), site["pairs"].dump(), site["strata"].dump(),
        site["sample_size"].dump(), site["trials"].dump(), site["seconds"].get<double>());
  std::cout << fmt::format(
      "sample size: for a margin of {} at 95 % and the worst share; {} images\n"
      "curve: {} points, {:.1f} seconds; all: {:.1f} seconds, at most {} bytes on disk\n{}\n",
      json["margin"].dump(), json["images"].dump(), json["curve_points"].dump(),
      json["curve_seconds"].get<double>(), json["seconds"].get<double>(), json["most_bytes"].dump(),
      json["estimator"].get<std::string>());
}

}  // namespace citrine
