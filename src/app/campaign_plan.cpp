#include "app/campaign_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <iostream>
#include <iterator>
#include <utility>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_run.h"
#include "app/campaign_settings.h"
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

// Trials that are not independent: those of a permanent fault, which meets all images.
std::uint64_t trials_together(const CampaignSettings& settings, const CampaignResult& frame) {
  return settings.is_permanent ? frame.images : 1;
}

Json site_plan(const Campaign& campaign, const CampaignSettings& settings, std::size_t site,
               const CampaignResult& frame, double margin) {
  const auto together = trials_together(settings, frame);
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

double sum_of(const Json& sites, const char* name) {
  double sum = 0;
  for (const auto& site : sites) sum += site[name].get<double>();
  return sum;
}

// The sites are run at equal pace: the trials of each that the time is up after.
std::uint64_t reached_trials(const Json& sites, double limit) {
  const auto seconds = [&](std::uint64_t reached) {
    double sum = 0;
    for (const auto& site : sites) {
      const auto trials = site["trials"].get<double>();
      sum += site["seconds"].get<double>() * std::min(1.0, static_cast<double>(reached) / trials);
    }
    return sum;
  };
  std::uint64_t low = 1, high = 1;
  while (seconds(high) < limit) low = std::exchange(high, 2 * high);
  while (high - low > 1) {
    const auto middle = low + (high - low) / 2;
    (seconds(middle) < limit ? low : high) = middle;
  }
  return high;
}

// A run does a block at least, and `together` trials as one.
void limit_time(Json& sites, double limit, std::uint64_t together) {
  if (limit == 0 || sum_of(sites, "seconds") <= limit) return;
  const auto most = std::max(reached_trials(sites, limit), kTimedBlock);
  const auto reached = (most + together - 1) / together * together;
  for (auto& site : sites) {
    const auto trials = site["trials"].get<std::uint64_t>(), left = std::min(trials, reached);
    site["trials"] = left;
    site["seconds"] =
        site["seconds"].get<double>() * static_cast<double>(left) / static_cast<double>(trials);
  }
}

struct CurvePlan {
  std::uint64_t points = 0;
  double seconds = 0;
};

// Behind trials that take `before` seconds.
CurvePlan limit_curve(std::span<const double> each, int seeds, double before, double limit) {
  CurvePlan curve;
  for (const double seconds : each)
    for (int seed = 0; seed < seeds; ++seed) {
      if (limit > 0 && before + curve.seconds >= limit) return curve;
      ++curve.points;
      curve.seconds += seconds;
    }
  return curve;
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

std::vector<double> curve_plan(const IntegerNetwork& network, const CampaignImages& images,
                               const CampaignSettings& settings, const Backend& backend) {
  if (settings.rates.empty()) return {};
  const auto all = images.count(), few = std::min(16U, all), more = std::min(64U, all);
  const CampaignSettings one_seed{.sites = {},
                                  .model = settings.model,
                                  .rates = settings.rates,
                                  .curve_sites = settings.curve_sites,
                                  .curve_seeds = 1,
                                  .rises = {},
                                  .seed = settings.seed};
  const Campaign small(network, part_of(images, 0, few), one_seed, backend);
  const Campaign large(network, part_of(images, 0, more), one_seed, backend);
  small.run_point(0);  // with the fault-free classes, which are found once
  large.run_point(0);
  std::vector<double> seconds;
  for (std::uint64_t point = 0; point < small.curve_points(); ++point) {
    check_interrupt(kNothingWritten);
    const double less = seconds_of([&] { small.run_point(point); });
    const double most = seconds_of([&] { large.run_point(point); });
    const double each = more > few ? std::max(0.0, most - less) / (more - few) : 0;
    seconds.push_back(most + each * (all - more));
  }
  return seconds;
}

Json campaign_plan(const Campaign& campaign, const CampaignSettings& settings,
                   std::span<const double> curve, const PlanSettings& plan) {
  const auto frame = campaign.frame();
  auto sites = Json::array();
  for (std::size_t i = 0; i < settings.sites.size(); ++i)
    sites.push_back(site_plan(campaign, settings, i, frame, plan.margin));
  limit_time(sites, plan.seconds, trials_together(settings, frame));
  const double seconds = sum_of(sites, "seconds");
  const auto [points, curve_seconds] =
      limit_curve(curve, settings.curve_seeds, seconds, plan.seconds);
  // The log and the result beside it, whose columns shrink by compression.
  const double bytes = 2 * (sum_of(sites, "trials") * kRowBytes * settings.faults_per_trial +
                            static_cast<double>(points) * kPointBytes);
  return {{"sampling", name_of(settings.sampling)},
          {"estimator", describe(settings.sampling, settings.stop.is_set(), settings.is_permanent,
                                 settings.faults_per_trial)},
          {"images", frame.images},
          {"margin", plan.margin},
          {"curve_points", points},
          {"curve_seconds", curve_seconds},
          {"seconds", seconds + curve_seconds},
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
