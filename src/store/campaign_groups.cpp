#include <string>
#include <utility>

#include "kernels/error.h"
#include "store/campaign_sums.h"
#include "store/columns.h"
#include "store/sum_columns.h"

namespace citrine {
namespace {

// Longer columns are worth a chunk and its index.
constexpr std::size_t kMostContiguous = 300;

std::string table_of(Grouping grouping) { return "groups/" + std::string(name_of(grouping)); }

// What index a group of this layer has must stay below.
std::uint64_t index_end(const CampaignResult& frame, Grouping grouping, std::uint32_t layer) {
  switch (grouping) {
    case Grouping::layer:
      return 1;
    case Grouping::channel:
      return frame.channels[layer].channels;
    case Grouping::array_element:
      return std::uint64_t{frame.array.rows} * frame.array.columns;
    default:
      return 1ULL << 8;
  }
}

void put_group_table(Contents& contents, const std::vector<OutcomeGroup>& groups, Grouping grouping,
                     std::uint32_t array_columns) {
  const auto table = table_of(grouping);
  using Code = std::uint8_t;
  put_codes<Site>(contents, table + "/site",
                  column<Code>(groups, [](auto& group) { return group.site; }), kSites,
                  groups.size() > kMostContiguous);
  const auto put = put_columns(contents, table, groups, groups.size() > kMostContiguous);
  if (has_layers(grouping))
    put(
        "layer", [](auto& group) -> auto& { return group.layer; });
  if (grouping == Grouping::array_element) {
    put("row", [&](auto& group) { return group.index / array_columns; });
    put("column", [&](auto& group) { return group.index % array_columns; });
  } else if (grouping != Grouping::layer) {
    put(
        std::string(name_of(grouping)), [](auto& group) -> auto& { return group.index; });
  }
  visit_sum(put);
}

void fill_array_index(std::vector<OutcomeGroup>& groups, const Contents& contents,
                      const ArrayShape& array) {
  const auto table = table_of(Grouping::array_element);
  fill_column<std::uint32_t>(groups, contents, table + "/row", [&](auto& group, auto row) {
    if (row >= array.rows) throw Error(table, "/row must be below ", array.rows, ", got ", row);
    group.index = row * array.columns;
  });
  fill_column<std::uint32_t>(groups, contents, table + "/column", [&](auto& group, auto at) {
    if (at >= array.columns)
      throw Error(table, "/column must be below ", array.columns, ", got ", at);
    group.index += at;
  });
}

std::vector<OutcomeGroup> group_table_from(const Contents& contents, Grouping grouping,
                                           const ArrayShape& array) {
  const auto table = table_of(grouping);
  std::vector<OutcomeGroup> groups(contents.list<std::uint8_t>(table + "/site").size());
  fill_codes<Site>(
      groups, contents, table + "/site", kSites, [](auto& group) -> auto& { return group.site; });
  const auto fill = fill_columns(contents, table, groups);
  if (has_layers(grouping))
    fill(
        "layer", [](auto& group) -> auto& { return group.layer; });
  if (grouping == Grouping::array_element)
    fill_array_index(groups, contents, array);
  else if (grouping != Grouping::layer)
    fill(
        std::string(name_of(grouping)), [](auto& group) -> auto& { return group.index; });
  visit_sum(fill);
  return groups;
}

void check_group(const OutcomeGroup& group, Grouping grouping, const CampaignResult& frame) {
  const auto table = table_of(grouping);
  check_sum(group.sum, table);
  if (group.layer >= frame.channels.size())
    throw Error(table, "/layer must be below ", frame.channels.size(), ", got ", group.layer);
  if (const auto end = index_end(frame, grouping, group.layer); group.index >= end)
    throw Error(table, "/", name_of(grouping), " must be below ", end, ", got ", group.index);
}

// Groups that leave nothing out have all trials of their site; the others at most so many.
void check_groups(const std::vector<OutcomeGroup>& groups, Grouping grouping,
                  const CampaignResult& frame, const std::vector<SiteSummary>& sites) {
  const bool is_partial = grouping == Grouping::channel || grouping == Grouping::array_element;
  auto next = groups.begin();
  for (const auto& site : sites) {
    auto left = site.sum.counts();
    for (auto last = groups.end(); next != groups.end() && next->site == site.site; last = next++) {
      check_group(*next, grouping, frame);
      if (last != groups.end() &&
          std::pair(last->layer, last->index) >= std::pair(next->layer, next->index))
        throw Error(table_of(grouping), " must follow by site, layer and index, each once");
      for (const Event event : kEvents) {
        if (next->sum[event].trials > left[event])
          throw Error(table_of(grouping), " must have at most the trials of ", name_of(site.site));
        left[event] -= next->sum[event].trials;
      }
    }
    if (!is_partial && left != EventCounts())
      throw Error(table_of(grouping), " must have all trials of ", name_of(site.site));
  }
  if (next != groups.end())
    throw Error(table_of(grouping), " must be of the summary's sites, in their order");
}

}  // namespace

void put_groups(Contents& contents, const OutcomeGroups& groups, const CampaignResult& frame) {
  for (std::size_t i = 0; i < groups.size(); ++i)
    put_group_table(contents, groups[i], static_cast<Grouping>(i), frame.array.columns);
}

OutcomeGroups groups_from(const Contents& contents, const CampaignResult& frame,
                          const std::vector<SiteSummary>& sites) {
  OutcomeGroups groups;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    const auto grouping = static_cast<Grouping>(i);
    groups[i] = group_table_from(contents, grouping, frame.array);
    check_groups(groups[i], grouping, frame, sites);
  }
  return groups;
}

}  // namespace citrine
