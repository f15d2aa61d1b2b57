#include "faultsim/exhaustive_groups.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <numeric>
#include <tuple>

#include "faultsim/clusters.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using Place = std::tuple<Site, std::uint32_t, std::uint32_t>;  // site, layer, index

struct Faults {
  std::array<std::uint64_t, kOutcomeKinds> of{};
  std::map<std::uint32_t, Cluster> images;  // SDC among the faults of each image
};

void add(Faults& sum, const SlotCounts& count) {
  auto& image = sum.images[count.image];
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind) {
    sum.of[kind] += count.faults[kind];
    image.trials += static_cast<double>(count.faults[kind]);
  }
  image.hits += static_cast<double>(count.faults[static_cast<std::size_t>(OutcomeKind::sdc)]);
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

OutcomeSummary summary_of(const Faults& faults) {
  OutcomeSummary sum{.outcomes = faults.of};
  const auto all = static_cast<double>(std::max(std::uint64_t{1}, sum.trials()));
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    sum.shares[kind] = static_cast<double>(faults.of[kind]) / all;
  sum.sdc = {sum.share(OutcomeKind::sdc), sum.share(OutcomeKind::sdc)};
  std::vector<Cluster> images;
  for (const auto& [image, cluster] : faults.images) images.push_back(cluster);
  if (images.size() > 1) sum.sdc_images = cluster_interval(images);
  return sum;
}

}  // namespace

std::vector<OutcomeGroup> exhaustive_groups(const ExhaustiveResult& result,
                                            std::optional<Grouping> grouping) {
  std::map<Place, Faults> sums;
  for (const auto& count : result.counts) add(sums[place_of(count, result, grouping)], count);
  std::vector<OutcomeGroup> groups;
  for (const auto& [place, faults] : sums) {
    const auto [site, layer, index] = place;
    groups.push_back({site, layer, index, summary_of(faults)});
  }
  return groups;
}

ExhaustiveResult right_part(const ExhaustiveResult& result) {
  ExhaustiveResult right{
      .labels = result.labels, .classes = result.classes, .counts = {}, .criticality = {}};
  std::ranges::copy_if(result.counts, std::back_inserter(right.counts), [&](auto& count) {
    return result.labels[count.image] == result.classes[count.image];
  });
  return right;
}

std::vector<double> image_sdc_shares(const ExhaustiveResult& result, Site site) {
  Faults faults;
  for (const auto& count : result.counts)
    if (count.slot.site == site) add(faults, count);
  std::vector<double> shares;
  for (const auto& [image, cluster] : faults.images)
    shares.push_back(cluster.hits / cluster.trials);
  return shares;
}

}  // namespace citrine
