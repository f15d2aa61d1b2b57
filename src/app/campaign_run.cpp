#include "app/campaign_run.h"

#include <algorithm>

#include "app/interrupt.h"
#include "app/progress.h"

namespace citrine {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t next_multiple(std::uint64_t value, std::uint64_t unit) {
  return value - value % unit + unit;
}

// How far a site's trials are. A shard's are the pilot and, behind a gap, its own later ones.
struct SiteProgress {
  std::size_t site = 0;
  std::uint64_t done = 0, pilot = 0, gap = 0, trials = 0, block = kBlock;
  std::uint64_t cluster = 1;  // trials of a permanent fault, which a block does not part
  SampleCounts sdc;
  std::vector<Row> pilot_rows;
  bool is_looked_at = false, is_stopped = false;

  bool is_done() const { return is_stopped || done == trials; }
  // A block does not reach over a look, nor over the end of the pilot.
  std::uint64_t block_end() const {
    auto end = next_multiple(done + block - 1, cluster);
    if (is_looked_at) end = std::min(end, next_multiple(done, kBlock));
    return std::min(end, done < pilot ? pilot : trials);
  }
  // Of the first trial that is not done.
  std::uint64_t index() const { return done < pilot ? done : done + gap; }
};

void take(SiteProgress& progress, const Row& row) {
  if (progress.done++ < progress.pilot) progress.pilot_rows.push_back(row);
  ++progress.sdc.trials;
  progress.sdc.hits += row.outcome.kind == OutcomeKind::sdc ? 1 : 0;
}

// A log may end between two looks.
void look(SiteProgress& progress, const StopRule& stop) {
  if (progress.done % kBlock == 0) progress.is_stopped = stop.is_met(progress.sdc);
}

void end_pilot(const SiteProgress& progress, Campaign& campaign) {
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
                                      const Assignment& assignment, const RowLog& log) {
  const auto& [shard, deadline] = assignment;
  const auto population = campaign.frame().population;
  std::vector<SiteProgress> sites(progresses(settings));
  for (std::size_t i = 0; i < sites.size(); ++i) {
    sites[i].site = i;
    const auto pilot = campaign.pilot(i), trials = campaign.trials(i);
    sites[i].pilot = pilot;
    sites[i].gap = std::max(shard.begin(trials), pilot) - pilot;
    sites[i].trials = std::max(shard.end(trials), pilot) - sites[i].gap;
    sites[i].sdc.population = population_of(settings, population[i]);
    sites[i].is_looked_at = settings.stop.is_looking();
    if (settings.is_permanent) sites[i].cluster = campaign.labels().size();
    if (deadline.is_set()) sites[i].block = kTimedBlock;
  }
  for (const auto& row : log.rows()) {
    auto& site = sites[index_of(settings, row.fault.site)];
    take(site, row);
    end_pilot(site, campaign);
  }
  for (auto& site : sites) look(site, settings.stop);
  return sites;
}

// An image's fault-free run and what the caches keep of it serve all its trials of a block, but a
// timed command ends soon after its time.
std::uint64_t next_block(std::uint64_t block, Clock::duration took, std::uint64_t images,
                         bool is_timed) {
  constexpr std::uint64_t kMostBlock = 1 << 20, kTogether = 64;
  const std::chrono::milliseconds most(is_timed ? 1000 : 10000);
  const bool is_short = !is_timed && block < kTogether * images;
  if (took <= (is_short ? most : most / 10)) return std::min(2 * block, kMostBlock);
  const auto least = is_timed ? std::uint64_t{1} : kBlock;
  return took > most ? std::max(block / 2, least) : block;
}

void run_block(SiteProgress& site, Campaign& campaign, const CampaignSettings& settings,
               bool is_timed, RowLog& log) {
  check_interrupt();
  const auto start = Clock::now();
  const auto begin = site.site * settings.trials + site.index();
  const auto rows = campaign.run(begin, begin + site.block_end() - site.done);
  log.append(rows);
  site.block = next_block(site.block, Clock::now() - start, campaign.labels().size(), is_timed);
  for (const auto& row : rows) take(site, row);
  end_pilot(site, campaign);
  look(site, settings.stop);
}

// The one with the fewest trials, so that all are as far when the time is up; nothing behind the
// end.
SiteProgress* next_site(std::vector<SiteProgress>& sites) {
  SiteProgress* next = nullptr;
  for (auto& site : sites)
    if (!site.is_done() && (next == nullptr || site.done < next->done)) next = &site;
  return next;
}

void show(Progress& progress, const std::vector<SiteProgress>& sites) {
  std::uint64_t done = 0, total = 0;
  for (const auto& site : sites) {
    done += site.done;
    total += site.is_stopped ? site.done : site.trials;
  }
  progress.update(static_cast<std::int64_t>(done), static_cast<std::int64_t>(total));
}

bool run_rows(Campaign& campaign, const CampaignSettings& settings, const Assignment& assignment,
              RowLog& log) {
  auto sites = progress_of(campaign, settings, assignment, log);
  Progress progress("inject");
  for (bool is_begun = false; auto* site = next_site(sites); is_begun = true) {
    if (is_begun && site->done > 0 && assignment.deadline.is_past()) return false;
    run_block(*site, campaign, settings, assignment.deadline.is_set(), log);
    show(progress, sites);
  }
  return true;
}

bool run_curve(const Campaign& campaign, const Assignment& assignment, bool is_begun, RowLog& log) {
  const auto& [shard, deadline] = assignment;
  const auto points = campaign.curve_points();
  Progress progress("bit error rates");
  // Dealt out one by one, as their costs differ by site and rate.
  for (auto point = shard.index + log.points_done() * shard.count; point < points;
       point += shard.count) {
    check_interrupt();
    if (is_begun && deadline.is_past()) return false;
    const auto result = campaign.run_point(point);
    log.append(std::span(&result, 1));
    progress.update(static_cast<std::int64_t>(point + 1), static_cast<std::int64_t>(points));
    is_begun = true;
  }
  return true;
}

}  // namespace

Deadline::Deadline(double seconds)
    : has_end_(seconds > 0),
      end_(Clock::now() +
           std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds))) {}

std::uint64_t population_of(const CampaignSettings& settings, std::uint64_t pairs) {
  return settings.faults_per_trial > 1 ? kEndlessPopulation : pairs;
}

bool continue_campaign(Campaign& campaign, const CampaignSettings& settings,
                       const Assignment& assignment, RowLog& log) {
  const auto rows = log.rows().size();
  return run_rows(campaign, settings, assignment, log) &&
         run_curve(campaign, assignment, log.rows().size() > rows, log);
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
