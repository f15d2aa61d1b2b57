#include "lower/steps.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

#include <tbb/parallel_for.h>

#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of Criterion.
constexpr std::array<std::string_view, 4> kCriterionNames = {"max-abs", "percentile", "mean-square",
                                                             "output-error"};
constexpr double kCoveredShare = 0.999;  // of the values, by the criterion percentile
constexpr int kOctaves = 3;              // tried below the covering step
constexpr int kFreeSteps = 8;            // an octave
constexpr std::size_t kChunk = 1 << 16;  // values that a thread rounds at a time

// Magnitude that the share of the values does not exceed, but the largest one if it is 0.
float covering_magnitude(std::span<const float> values, Rectifier rectifier) {
  std::vector<float> magnitudes(values.size());
  std::ranges::transform(values, magnitudes.begin(),
                         [&](float value) { return std::abs(rectify(value, rectifier)); });
  const auto last = static_cast<double>(magnitudes.size() - 1);
  const auto place = magnitudes.begin() + static_cast<std::ptrdiff_t>(last * kCoveredShare);
  std::ranges::nth_element(magnitudes, place);
  return *place > 0 ? *place : *std::ranges::max_element(magnitudes);
}

}  // namespace

std::string_view name_of(Criterion criterion) {
  return kCriterionNames.at(static_cast<std::size_t>(criterion));
}

Criterion criterion(std::string_view name) {
  return static_cast<Criterion>(index_of_name("criterion", name, kCriterionNames));
}

std::vector<std::string_view> criterion_names() {
  return {kCriterionNames.begin(), kCriterionNames.end()};
}

float largest_magnitude(std::span<const float> values, Rectifier rectifier) {
  return std::transform_reduce(
      values.begin(), values.end(), 0.0F, [](float a, float b) { return std::max(a, b); },
      [&](float value) { return std::abs(rectify(value, rectifier)); });
}

double rounded_up(double step, StepKind kind) {
  return kind == StepKind::free ? step
                                : std::ldexp(1.0, static_cast<int>(std::ceil(std::log2(step))));
}

double covering_step(std::span<const float> values, Rectifier rectifier, const NumberFormat& number,
                     StepKind kind) {
  return rounded_up(double{largest_magnitude(values, rectifier)} / number.highest(), kind);
}

std::vector<double> tried_steps(double covering, StepKind kind) {
  const int octave = kind == StepKind::free ? kFreeSteps : 1;
  std::vector<double> steps;
  for (int finer = 0; finer <= kOctaves * octave; ++finer)
    steps.push_back(covering * std::exp2(-static_cast<double>(finer) / octave));
  return steps;
}

std::size_t least_place(std::span<const double> errors) {
  return static_cast<std::size_t>(std::ranges::min_element(errors) - errors.begin());
}

double rounding_error(std::span<const float> values, Rectifier rectifier,
                      const NumberFormat& number, double step) {
  std::vector<double> errors((values.size() + kChunk - 1) / kChunk);
  tbb::parallel_for(std::size_t{0}, errors.size(), [&](std::size_t chunk) {
    const auto part =
        values.subspan(chunk * kChunk, std::min(kChunk, values.size() - chunk * kChunk));
    for (const float raw : part) {
      const double value = rectify(raw, rectifier);
      const double difference = number.nearest(value / step) * step - value;
      errors[chunk] += difference * difference;
    }
  });
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

double fitting_step(std::span<const float> values, Rectifier rectifier, const NumberFormat& number,
                    const LowerSettings& settings) {
  if (settings.criterion == Criterion::percentile)
    return rounded_up(double{covering_magnitude(values, rectifier)} / number.highest(),
                      settings.steps);
  const double covering = covering_step(values, rectifier, number, settings.steps);
  if (settings.criterion == Criterion::max_abs) return covering;
  const auto steps = tried_steps(covering, settings.steps);
  std::vector<double> errors;
  errors.reserve(steps.size());
  for (const double step : steps) errors.push_back(rounding_error(values, rectifier, number, step));
  return steps[least_place(errors)];
}

}  // namespace citrine
