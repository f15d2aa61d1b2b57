#include "faultsim/outcome_groups.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <tbb/parallel_for.h>

#include "faultsim/fault_channel.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::string_view kNames[kGroupings] = {"layer", "bit",   "channel",
                                                 "class", "label", "array"};

using GroupKey = std::pair<std::uint32_t, std::uint32_t>;  // layer, index

struct Keyed {
  GroupKey key;
  std::size_t row = 0;
};

std::optional<GroupKey> channel_key(const Fault& fault, const CampaignResult& result) {
  if (result.channels.empty()) return std::nullopt;
  const auto channel = channel_of(fault, result.channels.at(fault.layer));
  return channel ? std::optional(GroupKey{fault.layer, *channel}) : std::nullopt;
}

std::optional<GroupKey> key_of(const Row& row, const CampaignResult& result, Grouping grouping) {
  switch (grouping) {
    case Grouping::layer:
      return GroupKey{row.fault.layer, 0};
    case Grouping::bit:
      return GroupKey{row.fault.layer, row.fault.bit};
    case Grouping::channel:
      return channel_key(row.fault, result);
    case Grouping::golden_class:
      return GroupKey{0, row.outcome.golden_class};
    case Grouping::label:
      if (row.image >= result.labels.size())
        throw Error("a row must use one of ", result.labels.size(), " images, got ", row.image);
      return GroupKey{0, result.labels[row.image]};
    case Grouping::array_element:
      return is_array(row.fault.site) ? std::optional(GroupKey{0, row.fault.element})
                                      : std::nullopt;
  }
  return std::nullopt;
}

// Those that can hold faults like these, which share what the grouping tells apart.
std::vector<Stratum> strata_of(const CampaignResult& result, const Fault& fault,
                               Grouping grouping) {
  const bool is_by_bit = grouping == Grouping::bit, is_by_layer = has_layers(grouping);
  std::vector<Stratum> strata;
  for (const auto& stratum : result.strata)
    if (stratum.site == fault.site &&
        (!is_by_layer || stratum.layer == Stratum::kAll || stratum.layer == fault.layer) &&
        (!is_by_bit || stratum.bit == Stratum::kAll || stratum.bit == fault.bit))
      strata.push_back(stratum);
  return strata;
}

// Rows of one group keep their order: a permanent fault's are neighbours.
std::vector<Keyed> sorted_keys(std::span<const Row> rows, const CampaignResult& result,
                               Grouping grouping) {
  std::vector<Keyed> keys;
  for (std::size_t row = 0; row < rows.size(); ++row)
    if (const auto key = key_of(rows[row], result, grouping)) keys.push_back({*key, row});
  std::ranges::stable_sort(keys, {}, &Keyed::key);
  return keys;
}

// Adds the groups of one site.
void add_groups(std::vector<OutcomeGroup>& groups, std::span<const Row> rows,
                const CampaignResult& result, Grouping grouping) {
  const auto keys = sorted_keys(rows, result, grouping);
  std::vector<std::span<const Keyed>> parts;
  for (auto rest = std::span(keys); !rest.empty(); rest = rest.subspan(parts.back().size())) {
    const auto end = std::ranges::upper_bound(rest, rest.front().key, {}, &Keyed::key);
    parts.push_back(rest.first(static_cast<std::size_t>(end - rest.begin())));
  }
  const auto first = groups.size();
  groups.resize(first + parts.size());
  tbb::parallel_for(std::size_t{0}, parts.size(), [&](std::size_t i) {
    std::vector<Row> own;
    own.reserve(parts[i].size());
    for (const auto& [key, row] : parts[i]) own.push_back(rows[row]);
    const auto& fault = own.front().fault;
    const auto key = parts[i].front().key;
    groups[first + i] = {fault.site, key.first, key.second,
                         summarize_rows(own, strata_of(result, fault, grouping), result)};
  });
}

// Without what rounding adds.
double clamped(double share) { return std::clamp(share, 0.0, 1.0); }

Interval clamped(const Interval& interval) {
  return {clamped(interval.low), clamped(interval.high)};
}

}  // namespace

bool has_layers(Grouping grouping) {
  return grouping == Grouping::layer || grouping == Grouping::bit || grouping == Grouping::channel;
}

std::string_view name_of(Grouping grouping) { return kNames[static_cast<std::size_t>(grouping)]; }

EventCounts OutcomeSummary::counts() const {
  EventCounts counts;
  for (const Event event : kEvents) counts[event] = events[event].trials;
  return counts;
}

OutcomeSummary summarize_rows(std::span<const Row> rows, std::span<const Stratum> strata,
                              const CampaignResult& result) {
  const auto counts = count_outcomes(rows, strata, result.is_sequential, result.is_permanent);
  const auto images = trials_by_image(rows, strata, counts);
  OutcomeSummary sum;
  for (const Event event : kEvents) {
    const auto these = counts.interval(event);
    sum[event] = {counts[event], clamped(counts.share(event)), clamped(these),
                  clamped(image_interval(images, counts, event, these))};
  }
  return sum;
}

std::vector<OutcomeGroup> outcome_groups(const CampaignResult& result, Grouping grouping) {
  std::vector<OutcomeGroup> groups;
  // A list's rows have the sites in any order.
  std::vector<Row> listed;
  if (result.sampling == Sampling::list) {
    listed = result.rows;
    std::ranges::stable_sort(listed, {}, [&](const Row& row) {
      return std::ranges::find(result.strata, row.fault.site, &Stratum::site);
    });
  }
  for (auto rest = std::span<const Row>(listed.empty() ? result.rows : listed); !rest.empty();) {
    const auto site = rest.front().fault.site;
    const auto end =
        std::ranges::find_if(rest, [&](const Row& row) { return row.fault.site != site; });
    const auto rows = rest.first(static_cast<std::size_t>(end - rest.begin()));
    add_groups(groups, rows, result, grouping);
    rest = rest.subspan(rows.size());
  }
  return groups;
}

OutcomeGroups outcome_groups(const CampaignResult& result) {
  OutcomeGroups groups;
  for (std::size_t i = 0; i < groups.size(); ++i)
    groups[i] = outcome_groups(result, static_cast<Grouping>(i));
  return groups;
}

}  // namespace citrine
