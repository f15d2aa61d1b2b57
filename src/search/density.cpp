#include "search/density.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <numbers>
#include <numeric>
#include <utility>

#include "kernels/error.h"

namespace citrine {
namespace {

void check(const Points& points) {
  if (points.empty()) throw Error("a density needs at least one point, got none");
  for (const auto& point : points) {
    if (point.size() != points.front().size())
      throw Error("the points of a density must have one size, got ", points.front().size(),
                  " and ", point.size());
    for (const double value : point)
      if (!std::isfinite(value) || value < 0)
        throw Error("a density needs finite values of at least 0, got ", value);
  }
}

double smallest_positive(const Points& points, std::size_t dimension) {
  double smallest = std::numeric_limits<double>::infinity();
  for (const auto& point : points)
    if (point[dimension] > 0) smallest = std::min(smallest, point[dimension]);
  return std::isinf(smallest) ? 1 : smallest;
}

// Mean and deviation of a column; a deviation of rounding errors alone counts as none.
std::pair<double, double> moments(const Points& points, std::size_t dimension) {
  const auto count = static_cast<double>(points.size());
  double sum = 0, squares = 0;
  for (const auto& point : points) sum += point[dimension];
  const double mean = sum / count;
  for (const auto& point : points) squares += (point[dimension] - mean) * (point[dimension] - mean);
  const double deviation = points.size() > 1 ? std::sqrt(squares / (count - 1)) : 0;
  return {mean, deviation > 1e-9 ? deviation : 1};
}

// Silverman 1986: 4.14, for standardized dimensions.
double silverman(std::size_t points, std::size_t dimensions) {
  const auto d = static_cast<double>(dimensions);
  return std::pow(4 / ((d + 2) * static_cast<double>(points)), 1 / (d + 4));
}

}  // namespace

Density::Density(Points points) : points_(std::move(points)) {
  check(points_);
  const auto dimensions = points_.front().size();
  bandwidth_ = silverman(points_.size(), dimensions);
  for (std::size_t d = 0; d < dimensions; ++d) {
    floor_.push_back(smallest_positive(points_, d));
    for (auto& point : points_) point[d] = std::log(point[d] > 0 ? point[d] : floor_[d]);
    const auto [mean, deviation] = moments(points_, d);
    mean_.push_back(mean);
    deviation_.push_back(deviation);
    for (auto& point : points_) point[d] = (point[d] - mean) / deviation;
  }
}

double Density::standardized(double value, std::size_t dimension) const {
  const double logarithm = std::log(value > 0 ? value : floor_[dimension]);
  return (logarithm - mean_[dimension]) / deviation_[dimension];
}

double Density::log_density(std::span<const double> point) const {
  std::vector<double> exponents(points_.size(), 0);
  for (std::size_t d = 0; d < point.size(); ++d) {
    const double place = standardized(point[d], d);
    for (std::size_t i = 0; i < points_.size(); ++i) {
      const double distance = (place - points_[i][d]) / bandwidth_;
      exponents[i] -= distance * distance / 2;
    }
  }
  // The largest term is taken out, so that far from all points the logarithm stays finite.
  const double largest = std::ranges::max(exponents);
  double sum = 0;
  for (const double exponent : exponents) sum += std::exp(exponent - largest);
  const double norm =
      static_cast<double>(point.size()) * std::log(bandwidth_ * std::sqrt(2 * std::numbers::pi));
  return largest + std::log(sum / static_cast<double>(points_.size())) - norm;
}

// Gumbel noise on log weights: the order of the sums is that of draws without replacement (Yellott
// 1977), and no weight underflows.
std::vector<std::size_t> weighted_draw(std::span<const double> log_weights, std::size_t count,
                                       Key key) {
  std::vector<double> scores;
  for (std::size_t i = 0; i < log_weights.size(); ++i)
    scores.push_back(log_weights[i] - std::log(-std::log(std::max(uniform(key, i), 0x1p-54))));
  std::vector<std::size_t> order(scores.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t i) { return scores[i]; });
  order.resize(std::min(count, order.size()));
  return order;
}

}  // namespace citrine
