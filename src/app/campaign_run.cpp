#include "app/campaign_run.h"

#include <algorithm>

#include "app/interrupt.h"
#include "app/progress.h"

namespace citrine {
namespace {

using Clock = std::chrono::steady_clock;

// How far a site's trials are. A shard's are the pilot and, behind a gap, its own later ones.
struct SiteProgress {
  std::size_t site = 0;
  std::uint64_t done = 0, pilot = 0, gap = 0, trials = 0, block = kBlock;
  SampleCounts sdc;
  std::vector<Row> pilot_rows;
  bool is_stopped = false;

  bool is_done() const { return is_stopped || done == trials; }
  // A block does not reach over the end of the pilot.
  std::uint64_t block_end() const { return std::min(done + block, done < pilot ? pilot : trials); }
  // Of the first trial that is not done.
  std::uint64_t index() const { return done < pilot ? done : done + gap; }
};

void take(SiteProgress& progress, const Row& row) {
  if (progress.done++ < progress.pilot) progress.pilot_rows.push_back(row);
  ++progress.sdc.trials;
  progress.sdc.hits += row.outcome.kind == OutcomeKind::sdc ? 1 : 0;
}

// After whole blocks.
void look(SiteProgress& progress, Campaign& campaign, const StopRule& stop) {
  progress.is_stopped = stop.is_met(progress.sdc);
  if (progress.pilot > 0 && progress.done == progress.pilot)
    campaign.allocate(progress.site, progress.pilot_rows);
}

// A list is as one site.
std::size_t progresses(const CampaignSettings& settings) {
  return settings.list.empty() ? settings.sites.size() : 1;
}

std::size_t index_of(const CampaignSettings& settings, Site site) {
  if (!settings.list.empty()) return 0;
  return static_cast<std::size_t>(std::ranges::find(settings.sites, site) - settings.sites.begin());
}

std::vector<SiteProgress> progress_of(Campaign& campaign, const CampaignSettings& settings,
                                      Shard shard, const RowLog& log) {
  const auto population = campaign.frame().population;
  std::vector<SiteProgress> sites(progresses(settings));
  for (std::size_t i = 0; i < sites.size(); ++i) {
    sites[i].site = i;
    const auto pilot = campaign.pilot(i), trials = campaign.trials(i);
    sites[i].pilot = pilot;
    sites[i].gap = std::max(shard.begin(trials), pilot) - pilot;
    sites[i].trials = std::max(shard.end(trials), pilot) - sites[i].gap;
    sites[i].sdc.population = population_of(settings, population[i]);
  }
  for (const auto& row : log.rows()) {
    auto& site = sites[index_of(settings, row.fault.site)];
    take(site, row);
    if (site.done == site.pilot) look(site, campaign, {});
  }
  for (auto& site : sites) site.is_stopped = settings.stop.is_met(site.sdc);
  return sites;
}

// An image's fault-free run and what the caches keep of it serve all its trials of a block.
std::uint64_t next_block(std::uint64_t block, Clock::duration took, std::uint64_t images) {
  constexpr std::uint64_t kMostBlock = 1 << 20, kTogether = 64;
  constexpr std::chrono::seconds kLeast(1), kMost(10);
  const bool is_slow = took > (block < kTogether * images ? kMost : kLeast);
  if (!is_slow) return std::min(2 * block, kMostBlock);
  return took > kMost ? std::max(block / 2, kBlock) : block;
}

void run_block(SiteProgress& site, Campaign& campaign, const CampaignSettings& settings,
               RowLog& log) {
  check_interrupt();
  const auto start = Clock::now();
  const auto begin = site.site * settings.trials + site.index();
  const auto rows = campaign.run(begin, begin + site.block_end() - site.done);
  log.append(rows);
  if (!settings.stop.is_set())
    site.block = next_block(site.block, Clock::now() - start, campaign.labels().size());
  for (const auto& row : rows) take(site, row);
  look(site, campaign, settings.stop);
}

void show(Progress& progress, const std::vector<SiteProgress>& sites) {
  std::uint64_t done = 0, total = 0;
  for (const auto& site : sites) {
    done += site.done;
    total += site.is_stopped ? site.done : site.trials;
  }
  progress.update(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
}

}  // namespace

Deadline::Deadline(const Options& options)
    : has_end_(options.integer("until-time") > 0),
      end_(Clock::now() + std::chrono::seconds(options.integer("until-time"))) {}

std::uint64_t population_of(const CampaignSettings& settings, std::uint64_t pairs) {
  return settings.faults_per_trial > 1 ? kEndlessPopulation : pairs;
}

bool run_rows(Campaign& campaign, const CampaignSettings& settings, const Assignment& assignment,
              RowLog& log) {
  auto sites = progress_of(campaign, settings, assignment.shard, log);
  Progress progress("inject");
  while (!std::ranges::all_of(sites, &SiteProgress::is_done)) {
    for (auto& site : sites) {
      if (!site.is_done()) run_block(site, campaign, settings, log);
      show(progress, sites);
    }
    if (assignment.deadline.is_past()) return std::ranges::all_of(sites, &SiteProgress::is_done);
  }
  return true;
}

bool run_curve(const Campaign& campaign, const Assignment& assignment, RowLog& log) {
  const auto& [shard, deadline] = assignment;
  const auto points = campaign.curve_points();
  Progress progress("bit error rates");
  // Dealt out one by one, as their costs differ by site and rate.
  for (auto point = shard.index + log.points_done() * shard.count; point < points;
       point += shard.count) {
    check_interrupt();
    const auto result = campaign.run_point(point);
    log.append(std::span(&result, 1));
    progress.update(static_cast<std::int64_t>(point + 1), static_cast<std::int64_t>(points));
    if (deadline.is_past()) return point + shard.count >= points;
  }
  return true;
}

std::vector<Row> rows_by_site(const Campaign& campaign, const CampaignSettings& settings,
                              Shard shard, const RowLog& log) {
  std::vector<Row> rows;
  std::vector<std::uint64_t> done(progresses(settings), 0);
  for (const auto& row : log.rows()) {
    const auto site = index_of(settings, row.fault.site);
    const auto trials = campaign.trials(site), trial = done[site]++;
    const bool is_own = trial >= shard.begin(trials) && trial < shard.end(trials);
    if (is_own || trial >= campaign.pilot(site)) rows.push_back(row);
  }
  std::ranges::stable_sort(rows, {},
                           [&](const Row& row) { return index_of(settings, row.fault.site); });
  return rows;
}

void run_pilot_before(Campaign& campaign, const CampaignSettings& settings, std::uint64_t row) {
  const auto site = static_cast<std::size_t>(row / settings.trials);
  const auto first = site * settings.trials, pilot = campaign.pilot(site);
  if (pilot > 0 && row - first >= pilot)
    campaign.allocate(site, campaign.run(first, first + pilot));
}

}  // namespace citrine
