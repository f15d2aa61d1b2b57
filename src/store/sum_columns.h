#pragma once
// Columns of trials added up, which several tables of a campaign's file have.
#include <cmath>
#include <string>

#include "faultsim/outcome_groups.h"
#include "kernels/error.h"

namespace citrine {

// Calls visit(name, field) for each number of an OutcomeSummary; reading and writing share the
// names.
template <class Visit>
void visit_sum(const Visit& visit) {
  for (const Event event : kEvents) {
    const std::string name(name_of(event));
    visit(
        name, [=](auto& entry) -> auto& { return entry.sum[event].trials; });
    visit(
        name + "_share", [=](auto& entry) -> auto& { return entry.sum[event].share; });
    visit(
        name + "_low", [=](auto& entry) -> auto& { return entry.sum[event].interval.low; });
    visit(
        name + "_high", [=](auto& entry) -> auto& { return entry.sum[event].interval.high; });
    visit(
        name + "_images_low", [=](auto& entry) -> auto& {
          return entry.sum[event].images_interval.low;
        });
    visit(
        name + "_images_high", [=](auto& entry) -> auto& {
          return entry.sum[event].images_interval.high;
        });
  }
}

// Throws Error unless it lies within [0, 1].
inline void check_known(const Interval& share, const std::string& path) {
  if (!(share.low >= 0 && share.low <= share.high && share.high <= 1))
    throw Error(path, "_low and ", path, "_high must be an interval within [0, 1]");
}

// There may be none, as of a list.
inline void check_interval(const Interval& share, const std::string& path) {
  if (!std::isnan(share.low) || !std::isnan(share.high)) check_known(share, path);
}

inline void check_share(double share, const std::string& path) {
  if (!(share >= 0 && share <= 1)) throw Error(path, "_share must lie from 0 to 1, got ", share);
}

inline void check_counts(const EventCounts& counts, const std::string& table) {
  std::uint64_t left = kEndlessPopulation;
  for (const Event kind : {Event::masked(), Event(OutcomeKind::benign), Event(OutcomeKind::sdc)}) {
    if (counts[kind] > left)
      throw Error(table, ": the sum of the outcomes must be at most ", kEndlessPopulation);
    left -= counts[kind];
  }
  for (const Event event : kEvents)
    if (const auto sum = trials_of(counts); counts[event] > sum)
      throw Error(table, "/", name_of(event), " must be at most the sum of the outcomes, ", sum,
                  ", got ", counts[event]);
  if (counts[Event::masked()] != counts[OutcomeKind::masked_at_site] +
                                     counts[OutcomeKind::masked_in_layer] +
                                     counts[OutcomeKind::masked_later])
    throw Error(table, "/masked must be the sum of the outcomes that are masked, got ",
                counts[Event::masked()]);
}

inline void check_sum(const OutcomeSummary& sum, const std::string& table) {
  check_counts(sum.counts(), table);
  for (const Event event : kEvents) {
    const auto path = table + "/" + std::string(name_of(event));
    check_share(sum[event].share, path);
    check_interval(sum[event].interval, path);
    check_interval(sum[event].images_interval, path + "_images");
  }
}

}  // namespace citrine
