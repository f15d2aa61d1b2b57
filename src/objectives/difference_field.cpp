#include "objectives/difference_field.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "objectives/mean_field.h"

namespace citrine {
namespace {

// Values of a box that differ where `count` differing ones have so many readers each, at random.
double met(double count, double readers, double box) {
  if (count <= 1) return count * readers;
  if (readers >= box) return box;
  return -box * std::expm1(count * std::log1p(-readers / box));
}

// What large differences leave of the half that a ReLU passes on.
double saturation(double square) { return square > 0 ? 2 * rectified_square(square) / square : 1; }

// Behind an operation, before its value is rounded.
Difference passed(const DifferenceRule& rule, Difference value) {
  value.height = std::min((value.height + rule.reach) / rule.stride, rule.height);
  value.width = std::min((value.width + rule.reach) / rule.stride, rule.width);
  if (rule.groups > 0) value.channels = std::min(value.channels, rule.groups) * rule.group_channels;
  const double box = value.height * value.width * value.channels;
  const double square = value.power / value.count;
  value.count = rule.has_overlap ? met(value.count, rule.readers, box) : value.count * rule.readers;
  value.power *= rule.gain * (rule.rectified > 0 ? saturation(square / rule.rectified) : 1);
  return value;
}

void round_to(double step, Difference& value) {
  const auto [share, power] = rounded(std::sqrt(value.power / value.count) / step);
  value.power = value.count * power * step * step;
  value.count *= share;
}

// A dot product keeps relative differences, so that the outputs' is the one of what it reads.
int end_of(const Graph& graph) {
  const auto& last = graph.node(graph.output());
  return is_dot_product(last.op.kind) ? last.inputs.front() : graph.output();
}

}  // namespace

Rounded rounded(double deviation) {
  if (deviation <= 0) return {};
  const double density = std::numbers::inv_sqrtpi / std::numbers::sqrt2;
  const double z = 1 / deviation, outside = std::erfc(z / std::numbers::sqrt2);
  const double density_at_one = density * std::exp(-z * z / 2);
  // Of the differences below one step: the mean size, the mean square. A size of f is a step with
  // probability f.
  const double size = 2 * deviation * (density - density_at_one);
  const double square = deviation * deviation * (1 - outside) - 2 * deviation * density_at_one;
  return {.share = size + outside,
          .power = deviation * deviation + std::max(0.0, size - square) + outside / 6};
}

double rectified_square(double square) {
  if (square < 1e-6) return square / 2;  // where the rest would cancel
  const double cosine = 1 - std::min(square, 2.0) / 2, angle = std::acos(cosine);
  return 1 - (std::sin(angle) + cosine * (std::numbers::pi - angle)) * std::numbers::inv_pi;
}

DifferenceField::DifferenceField(const Graph& graph)
    : graph_(graph),
      rules_(difference_rules(graph)),
      end_(end_of(graph)),
      end_power_(static_cast<double>(graph.shape(end_).elements()) *
                 mean_field(graph)[static_cast<std::size_t>(end_)].variance),
      values_(rules_.size()) {}

Difference DifferenceField::joined(int node) const {
  Difference sum;
  for (const int input : graph_.node(node).inputs) {
    const auto& value = values_[static_cast<std::size_t>(input)];
    sum.height = std::max(sum.height, value.height);
    sum.width = std::max(sum.width, value.width);
    sum.channels = rules_[static_cast<std::size_t>(node)].joins_channels
                       ? sum.channels + value.channels
                       : std::max(sum.channels, value.channels);
    sum.count += value.count;
    sum.power += value.power;
  }
  return sum;
}

// Of Poisson-distributed differences: without one there is no change.
double DifferenceField::relative_change(const Difference& difference) const {
  return std::sqrt(difference.power / end_power_ * difference.count / (1 + difference.count));
}

double DifferenceField::output_change(int node, double steps) {
  const auto at = [](int index) { return static_cast<std::size_t>(index); };
  std::fill(values_.begin(), values_.begin() + node, Difference{});
  const double size = steps * rules_[at(node)].step;
  values_[at(node)] = {.height = 1, .width = 1, .channels = 1, .count = 1, .power = size * size};
  for (int next = node + 1; next <= end_; ++next) {
    auto& value = values_[at(next)] = joined(next);
    if (value.count <= 0) continue;
    const auto& rule = rules_[at(next)];
    value = passed(rule, value);
    if (rule.is_rounded && value.count > 0) round_to(rule.step, value);
  }
  return relative_change(values_[at(end_)]);
}

}  // namespace citrine
