#pragma once
// SDC shares of two networks at one site, under the same images.
#include <cstdint>
#include <span>
#include <string_view>

#include "faultsim/campaign.h"
#include "faultsim/outcome_counts.h"

namespace citrine {

// Trials of one site of a campaign.
struct SiteTrials {
  std::span<const Row> rows;
  std::span<const Stratum> strata;  // of the site
  bool is_sequential = false;       // a stop rule looked at the rows
};

// What two campaigns share: each row's fault and image, or the images alone.
enum class Pairing : std::uint8_t { row, image };
std::string_view name_of(Pairing pairing);

// SDC share of the second less that of the first.
struct ShareDifference {
  Pairing pairing = Pairing::image;
  double difference = 0;
  // 95 %, for the images used. Paired rows: with their correlation (Newcombe 1998). Else the trials
  // are independent given the images. Where a stop rule looked at either: between the ends of both
  // shares' own intervals of 97.5 %.
  Interval interval;
  // 95 %, for images like these: with the correlation of the shares on one image; never narrower.
  Interval images_interval;
};
// Throws Error if one has no rows, or a row in none of the strata.
ShareDifference share_difference(const SiteTrials& first, const SiteTrials& second);

inline constexpr char kPairingRule[] =
    "differences are the later network less the earlier one, 95 %: rows are paired where each "
    "row's fault and image are the same, else images alone; intervals of both shares are squared "
    "and added with the correlation of the pairs (Newcombe 1998; Zou and Donner 2008); where a "
    "stop rule looked at either, the difference lies between the ends of both shares' intervals of "
    "97.5 %";

}  // namespace citrine
