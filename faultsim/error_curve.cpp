#include "faultsim/error_curve.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "faultsim/isotonic.h"
#include "kernels/error.h"

namespace citrine {
namespace {

constexpr double kEndless = std::numeric_limits<double>::infinity();

CurveBand band_of(Site site, double rate, const std::map<int, double>& errors) {
  const auto count = static_cast<double>(errors.size());
  double sum = 0, squares = 0;
  for (const auto& [seed, error] : errors) sum += error;
  CurveBand band{.site = site,
                 .rate = rate,
                 .seeds = static_cast<int>(errors.size()),
                 .mean = sum / count,
                 .interval = {}};
  for (const auto& [seed, error] : errors) squares += (error - band.mean) * (error - band.mean);
  if (band.seeds > 1) band.deviation = std::sqrt(squares / (count - 1));
  const auto interval = t_interval(band.mean, band.deviation, band.seeds);
  band.interval = {std::max(0.0, interval.low), std::min(1.0, interval.high)};
  return band;
}

std::vector<CurveBand> bands_of(Site site, const SeedErrors& errors) {
  std::vector<CurveBand> bands;
  for (const auto& [rate, seeds] : errors) bands.push_back(band_of(site, rate, seeds));
  return bands;
}

RiseRate rise_rate(std::span<const CurveBand> bands, double fault_free, double rise) {
  std::vector<double> rates, weights, means, lows, highs;
  for (const auto& band : bands) {
    if (band.rate <= 0) continue;
    rates.push_back(band.rate);
    weights.push_back(band.seeds);
    means.push_back(band.mean);
    lows.push_back(band.interval.low);
    highs.push_back(band.interval.high);
  }
  const auto reaching = [&](const std::vector<double>& errors) {
    return rate_reaching(fault_free + rise, rates, errors, weights);
  };
  return {.site = bands.front().site,
          .rise = rise,
          .rate = reaching(means),
          .interval = {reaching(highs), reaching(lows)}};
}

}  // namespace

ErrorCurve error_curve(const CampaignResult& result) {
  if (result.images == 0) return {result.curve, 0};
  return {result.curve, static_cast<double>(result.images - result.correct) / result.images};
}

std::map<Site, SeedErrors> errors_by_seed(std::span<const CurvePoint> points) {
  std::map<Site, SeedErrors> errors;
  for (const auto& point : points)
    if (point.images > 0)
      errors[point.site][point.rate][point.seed] =
          static_cast<double>(point.wrong) / static_cast<double>(point.images);
  return errors;
}

std::vector<CurveBand> curve_bands(std::span<const CurvePoint> points) {
  std::vector<CurveBand> bands;
  for (const auto& [site, errors] : errors_by_seed(points)) {
    const auto more = bands_of(site, errors);
    bands.insert(bands.end(), more.begin(), more.end());
  }
  return bands;
}

std::vector<RiseRate> rise_rates(const ErrorCurve& curve, std::span<const double> rises) {
  check_rises(rises);
  std::vector<RiseRate> rates;
  for (const auto& [site, errors] : errors_by_seed(curve.points)) {
    const auto bands = bands_of(site, errors);
    for (const double rise : rises) rates.push_back(rise_rate(bands, curve.fault_free, rise));
  }
  return rates;
}

double rate_reaching(double level, std::span<const double> rates, std::span<const double> errors,
                     std::span<const double> weights) {
  const auto fit = isotonic(errors, weights);
  const auto at = static_cast<std::size_t>(std::ranges::lower_bound(fit, level) - fit.begin());
  if (at == fit.size()) return kEndless;
  if (at == 0) return 0;
  const double part = (level - fit[at - 1]) / (fit[at] - fit[at - 1]);
  return rates[at - 1] * std::pow(rates[at] / rates[at - 1], part);
}

void check_rises(std::span<const double> rises) {
  for (const double rise : rises)
    if (!(rise > 0 && rise <= 1))
      throw Error("a rise of the error must be above 0 and at most 1, got ", rise);
}

Interval t_interval(double mean, double deviation, int count, double confidence) {
  if (count < 2) return {-kEndless, kEndless};
  const double t = student_quantile(count - 1, confidence);
  const double margin = t * deviation / std::sqrt(count);
  return {mean - margin, mean + margin};
}

}  // namespace citrine
