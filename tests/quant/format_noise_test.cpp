// Signal to noise of the formats on Gaussian weights of deviation 1, with the best free step.
#include <cmath>
#include <numbers>
#include <span>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/random.h"
#include "quant/number_format.h"

namespace citrine {
namespace {

// Integrals of the normal density, of x and of x^2 times it, up to `end`.
struct Moments {
  explicit Moments(double end)
      : zeroth(std::erfc(-end / std::numbers::sqrt2) / 2),
        first(-std::exp(-end * end / 2) / std::sqrt(2 * std::numbers::pi)),
        second(zeroth + end * first) {}
  double zeroth, first, second;
};

// Expected noise, from the values alone: each takes what lies between the midpoints beside it.
double expected_noise(const NumberFormat& format, double step) {
  const auto values = format.values();
  double noise = 0;
  Moments below(-40);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double value = step * values[i];
    const Moments above(i + 1 < values.size() ? (value + step * values[i + 1]) / 2 : 40);
    noise += above.second - below.second - 2 * value * (above.first - below.first) +
             value * value * (above.zeroth - below.zeroth);
    below = above;
  }
  return noise;
}

// The range is sought from 1 to 16 deviations in steps of 1 %.
double best_step(const NumberFormat& format) {
  double best = 1.0 / format.highest();
  for (double range = 1; range < 16; range *= 1.01)
    if (const double step = range / format.highest();
        expected_noise(format, step) < expected_noise(format, best))
      best = step;
  return best;
}

struct Sampled {
  double noise = 0, standard_error = 0;
};

Sampled sampled_noise(const NumberFormat& format, double step, std::span<const double> weights) {
  double sum = 0, sum_of_squares = 0;
  for (const double weight : weights) {
    const double error = weight - step * format.nearest(weight / step);
    sum += error * error;
    sum_of_squares += error * error * error * error;
  }
  const double n = double(weights.size()), mean = sum / n;
  return {mean, std::sqrt((sum_of_squares / n - mean * mean) / n)};
}

// Decibels; of linear8 even a million weights scatter by 0.13, as few lie beyond its range.
TEST(FormatNoise, OfGaussianWeights) {
  struct Golden {
    const char* name;
    double decibels;
  };
  constexpr Golden kGolden[] = {
      {"linear3", 13.3},  {"linear4", 18.9},  {"linear5", 24.4}, {"linear6", 29.8},
      {"linear8", 40.5},  {"pot3", 13.2},     {"pot4", 14.2},    {"pot5", 14.2},
      {"pot6", 14.2},     {"twohot3", 19.4},  {"twohot4", 23.5}, {"twohot5", 26.6},
      {"twohot7", 28.5},  {"apot4", 19.2},    {"apot5", 22.2},   {"apot6", 27.2},
      {"logsqrt4", 18.9}, {"logsqrt5", 20.1},
  };
  std::vector<double> weights;
  for (std::uint64_t i = 0; i < 1'000'000; ++i) weights.push_back(normal({1, 0}, i));
  for (const auto& [name, golden] : kGolden) {
    const NumberFormat format(name);
    const double step = best_step(format), expected = expected_noise(format, step);
    EXPECT_NEAR(-10 * std::log10(expected), golden, 0.1) << name;
    const auto sampled = sampled_noise(format, step, weights);
    EXPECT_NEAR(sampled.noise, expected, 4 * sampled.standard_error) << name;
  }
}

}  // namespace
}  // namespace citrine
