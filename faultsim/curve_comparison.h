#pragma once
// Error curves of two networks under the same images and seeds.
#include <optional>
#include <span>
#include <vector>

#include "faultsim/error_curve.h"

namespace citrine {

// Mean error of the second less that of the first at one rate, over the seeds that both have; the
// interval is Student's t of the seeds' differences, cut to [-1, 1].
struct CurveDifference {
  Site site = Site::weight_memory;
  double rate = 0;
  int seeds = 0;
  double difference = 0;
  Interval interval;
};
// By site, rate; where both have a point.
std::vector<CurveDifference> curve_differences(std::span<const CurvePoint> first,
                                               std::span<const CurvePoint> second);

// Rate at which the second's error has risen, divided by the first's.
struct RiseRatio {
  Site site = Site::weight_memory;
  double rise = 0;
  std::optional<double> ratio;  // none where one of the rates lies outside of those measured
  Interval interval;            // 95 %; 0 and infinity where that leaves it open
};
// By site, rise. The interval is a bootstrap's of 2000 resamples: at each rate seeds are drawn
// anew, the same for both networks, and the percentiles are widened for few seeds (Hesterberg
// 2015). Throws Error unless rises lie in (0, 1].
std::vector<RiseRatio> rise_ratios(const ErrorCurve& first, const ErrorCurve& second,
                                   std::span<const double> rises);

}  // namespace citrine
