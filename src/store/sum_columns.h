#pragma once
// Columns of trials added up, which several tables of a campaign's file have.
#include <cmath>
#include <string>

#include "faultsim/outcome_groups.h"
#include "kernels/error.h"

namespace citrine {

inline std::string outcome_name(std::size_t kind) {
  return std::string(name_of(static_cast<OutcomeKind>(kind)));
}

// Calls visit(name, field) for each number of an OutcomeSummary; reading and writing share the
// names.
template <class Visit>
void visit_sum(const Visit& visit) {
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind) {
    visit(
        outcome_name(kind), [kind](auto& entry) -> auto& { return entry.sum.outcomes[kind]; });
    visit(
        outcome_name(kind) + "_share", [kind](auto& entry) -> auto& {
          return entry.sum.shares[kind];
        });
  }
  visit(
      "sdc_low", [](auto& entry) -> auto& { return entry.sum.sdc.low; });
  visit(
      "sdc_high", [](auto& entry) -> auto& { return entry.sum.sdc.high; });
  visit(
      "sdc_images_low", [](auto& entry) -> auto& { return entry.sum.sdc_images.low; });
  visit(
      "sdc_images_high", [](auto& entry) -> auto& { return entry.sum.sdc_images.high; });
}

// Throw Error unless it lies within [0, 1], or there is none, as of a list.
inline void check_interval(const Interval& share, const std::string& path) {
  if (std::isnan(share.low) && std::isnan(share.high)) return;
  if (!(share.low >= 0 && share.low <= share.high && share.high <= 1))
    throw Error(path, "_low and ", path, "_high must be an interval within [0, 1]");
}

inline void check_sum(const OutcomeSummary& sum, const std::string& table) {
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    if (!(sum.shares[kind] >= 0 && sum.shares[kind] <= 1))
      throw Error(table, "/", outcome_name(kind), "_share must lie from 0 to 1, got ",
                  sum.shares[kind]);
  check_interval(sum.sdc, table + "/sdc");
  check_interval(sum.sdc_images, table + "/sdc_images");
}

}  // namespace citrine
