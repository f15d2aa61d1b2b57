#pragma once
// Error over the bit error rate: its mean over seeds, and the rate at which it rises by an amount.
#include <map>
#include <span>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/statistics.h"

namespace citrine {

// Points of a campaign, and the share of its images that are wrong without faults.
struct ErrorCurve {
  std::span<const CurvePoint> points;
  double fault_free = 0;
};
ErrorCurve error_curve(const CampaignResult& result);

// Errors of a site: by rate, then by seed.
using SeedErrors = std::map<double, std::map<int, double>>;
std::map<Site, SeedErrors> errors_by_seed(std::span<const CurvePoint> points);

// Error at one rate. The interval is Student's t over seeds, of the mean of all seeds on these
// images, cut to [0, 1]; [0, 1] for one seed.
struct CurveBand {
  Site site = Site::weight_memory;
  double rate = 0;
  int seeds = 0;
  double mean = 0, deviation = 0;  // standard deviation of a seed; 0 for one
  Interval interval;
  bool operator==(const CurveBand&) const = default;
};
std::vector<CurveBand> curve_bands(std::span<const CurvePoint> points);  // by site, rate

// The bit error rate at which the error has risen by `rise` over the fault-free one. 0: at the
// lowest rate above 0 already; infinity: at none of the rates.
struct RiseRate {
  Site site = Site::weight_memory;
  double rise = 0;
  double rate = 0;
  Interval interval;  // 95 %; its ends may be 0 or infinity too
  bool operator==(const RiseRate&) const = default;
};
// By site, rise. Where the isotonic fit of the means, linear over log(rate), reaches the error; the
// interval ends where those of the bands' ends do. Throws Error unless rises lie in (0, 1].
std::vector<RiseRate> rise_rates(const ErrorCurve& curve, std::span<const double> rises);

// Least rate at which the fit of `errors` reaches `level`, as in RiseRate; rates are above 0 and
// ascend.
double rate_reaching(double level, std::span<const double> rates, std::span<const double> errors,
                     std::span<const double> weights);
void check_rises(std::span<const double> rises);

// Of a mean, from a sample's mean and standard deviation; endless for one value.
Interval t_interval(double mean, double deviation, int count, double confidence = kConfidence);

inline constexpr char kCurveEstimator[] =
    "error on these images: mean over seeds with Student's t interval, 95 %, and the standard "
    "deviation of a seed; rates of a rise are read off an isotonic fit, linear over the logarithm "
    "of the rate, between the rates at which the interval's ends reach it";

}  // namespace citrine
