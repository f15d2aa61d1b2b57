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

inline std::string failure_name(std::size_t failure) {
  return std::string(name_of(static_cast<Failure>(failure)));
}

template <class Visit>
void visit_failure(std::size_t i, const Visit& visit) {
  const auto name = failure_name(i);
  visit(
      name, [i](auto& entry) -> auto& { return entry.sum.failures[i].trials; });
  visit(
      name + "_share", [i](auto& entry) -> auto& { return entry.sum.failures[i].share; });
  visit(
      name + "_low", [i](auto& entry) -> auto& { return entry.sum.failures[i].interval.low; });
  visit(
      name + "_high", [i](auto& entry) -> auto& { return entry.sum.failures[i].interval.high; });
  visit(
      name + "_images_low", [i](auto& entry) -> auto& {
        return entry.sum.failures[i].images_interval.low;
      });
  visit(
      name + "_images_high", [i](auto& entry) -> auto& {
        return entry.sum.failures[i].images_interval.high;
      });
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
  for (std::size_t i = 0; i < kFailures; ++i) visit_failure(i, visit);
}

// Throw Error unless it lies within [0, 1], or there is none, as of a list.
inline void check_interval(const Interval& share, const std::string& path) {
  if (std::isnan(share.low) && std::isnan(share.high)) return;
  if (!(share.low >= 0 && share.low <= share.high && share.high <= 1))
    throw Error(path, "_low and ", path, "_high must be an interval within [0, 1]");
}

inline void check_share(double share, const std::string& path) {
  if (!(share >= 0 && share <= 1)) throw Error(path, "_share must lie from 0 to 1, got ", share);
}

inline void check_sum(const OutcomeSummary& sum, const std::string& table) {
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    check_share(sum.shares[kind], table + "/" + outcome_name(kind));
  check_interval(sum.sdc, table + "/sdc");
  check_interval(sum.sdc_images, table + "/sdc_images");
  for (std::size_t i = 0; i < kFailures; ++i) {
    const auto path = table + "/" + failure_name(i);
    const auto& [trials, share, interval, images_interval] = sum.failures[i];
    if (trials > sum.trials()) throw Error(path, " must be at most the trials, got ", trials);
    check_share(share, path);
    check_interval(interval, path);
    check_interval(images_interval, path + "_images");
  }
}

}  // namespace citrine
