#include "faultsim/exhaustive_groups.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "kernels/error.h"

namespace citrine {
namespace {

using Place = std::tuple<Site, std::uint32_t, std::uint32_t>;  // site, layer, index

struct Faults {
  EventCounts all = {};
  TrialsByImage images = {};
};

void add(Faults& sum, const SlotCounts& count) {
  auto& image = sum.images[count.image];
  image.all += static_cast<double>(trials_of(count.faults));
  sum.all += count.faults;
  for (const Event event : kEvents) image.of[event] += static_cast<double>(count.faults[event]);
}

Place place_of(const SlotCounts& count, const ExhaustiveResult& result,
               std::optional<Grouping> grouping) {
  const auto site = count.slot.site;
  if (!grouping) return {site, 0, 0};
  switch (*grouping) {
    case Grouping::layer:
      return {site, count.layer, 0};
    case Grouping::bit:
      return {site, count.layer, count.slot.bit};
    case Grouping::golden_class:
      return {site, 0, result.classes[count.image]};
    case Grouping::label:
      return {site, 0, result.labels[count.image]};
    default:
      throw Error("exact counts cannot be told apart by ", name_of(*grouping));
  }
}

EventSummary summary_of(const Faults& faults, Event event) {
  const auto all = std::max(std::uint64_t{1}, trials_of(faults.all));
  const auto share = static_cast<double>(faults.all[event]) / static_cast<double>(all);
  EventSummary sum{faults.all[event], share, kNoInterval, kNoInterval};
  std::vector<Cluster> images;
  for (const auto& [image, trials] : faults.images) images.push_back(trials.cluster(event));
  if (images.size() > 1) sum.images_interval = cluster_interval(images);
  return sum;
}

OutcomeSummary summary_of(const Faults& faults) {
  OutcomeSummary sum;
  for (const Event event : kEvents) sum[event] = summary_of(faults, event);
  return sum;
}

std::vector<OutcomeGroup> groups_of(const std::map<Place, Faults>& sums) {
  std::vector<OutcomeGroup> groups;
  for (const auto& [place, faults] : sums) {
    const auto [site, layer, index] = place;
    groups.push_back({site, layer, index, summary_of(faults)});
  }
  return groups;
}

}  // namespace

std::vector<OutcomeGroup> exhaustive_groups(const ExhaustiveResult& result,
                                            std::optional<Grouping> grouping) {
  std::map<Place, Faults> sums;
  for (const auto& count : result.counts) add(sums[place_of(count, result, grouping)], count);
  return groups_of(sums);
}

std::vector<OutcomeGroup> right_exhaustive_groups(const ExhaustiveResult& result) {
  std::map<Place, Faults> sums;
  for (const auto& count : result.counts) {
    auto& sum = sums[place_of(count, result, std::nullopt)];
    if (result.labels[count.image] == result.classes[count.image]) add(sum, count);
  }
  return groups_of(sums);
}

std::vector<double> image_sdc_shares(const ExhaustiveResult& result, Site site) {
  Faults faults;
  for (const auto& count : result.counts)
    if (count.slot.site == site) add(faults, count);
  std::vector<double> shares;
  for (const auto& [image, trials] : faults.images)
    shares.push_back(trials.of[OutcomeKind::sdc] / trials.all);
  return shares;
}

}  // namespace citrine
