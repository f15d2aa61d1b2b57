#include <algorithm>

#include "kernels/error.h"
#include "store/campaign_file.h"

namespace citrine {
namespace {

SiteSummary summarize_site(std::span<const Row> rows, std::uint64_t population,
                           std::span<const std::uint8_t> labels) {
  SiteSummary summary{
      .site = rows.front().fault.site, .population = population, .trials = rows.size()};
  for (const auto& row : rows) {
    if (row.fault.site != summary.site)
      throw Error("trials of sites ", name_of(summary.site), " and ", name_of(row.fault.site),
                  " must not be mixed");
    ++summary.outcomes.at(static_cast<std::size_t>(row.outcome.kind));
    if (row.outcome.golden_class != labels[row.image]) continue;
    ++summary.right;
    summary.right_sdc += row.outcome.kind == OutcomeKind::sdc ? 1 : 0;
  }
  const auto hits = summary.outcomes[static_cast<std::size_t>(OutcomeKind::sdc)];
  summary.sdc = wilson(hits, summary.trials);
  if (summary.right > 0) summary.right_sdc_share = wilson(summary.right_sdc, summary.right);
  return summary;
}

}  // namespace

std::vector<SiteSummary> summarize(const CampaignResult& result) {
  if (result.rows.empty()) return {};
  const auto sites = result.population.size();
  if (sites == 0 || result.rows.size() % sites != 0)
    throw Error(result.rows.size(), " rows must be as many for each of ", sites, " sites");
  const auto trials = result.rows.size() / sites;
  std::vector<SiteSummary> summaries;
  for (std::size_t i = 0; i < sites; ++i) {
    const auto rows = std::span(result.rows).subspan(i * trials, trials);
    summaries.push_back(summarize_site(rows, result.population[i], result.labels));
    if (trials > result.population[i])
      throw Error("site ", name_of(summaries[i].site), " has ", trials, " trials, more than its ",
                  result.population[i], " pairs of a fault and an image");
  }
  return summaries;
}

}  // namespace citrine
