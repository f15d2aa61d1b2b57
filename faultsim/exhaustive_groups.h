#pragma once
// Exact counts added up as the trials of a campaign are.
#include <optional>
#include <vector>

#include "faultsim/exhaustive.h"
#include "faultsim/outcome_groups.h"

namespace citrine {

inline constexpr char kExactEstimator[] =
    "shares are exact for the images used: every single-bit fault is counted, none is sampled; for "
    "images like these the sampling unit is an image, and the interval is Korn and Graubard's with "
    "Satterthwaite's degrees of freedom, 95 %";

// By site, layer, index; without a grouping by site. A share is exact for the images used and
// has no interval for them; that for images like these is Korn and Graubard's, none of one image.
// Throws Error for channels and elements of the array, which the counts do not tell apart.
std::vector<OutcomeGroup> exhaustive_groups(const ExhaustiveResult& result,
                                            std::optional<Grouping> grouping = std::nullopt);
// The same by site, of the faults on images that are right without a fault; a site may have none.
std::vector<OutcomeGroup> right_exhaustive_groups(const ExhaustiveResult& result);
// Of the faults of a site, by image.
std::vector<double> image_sdc_shares(const ExhaustiveResult& result, Site site);

}  // namespace citrine
