#include "kernels/saturating_convolution.h"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "kernels/requantization.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/saturating_convolution.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

#include "kernels/simd/vectors.h"

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

constexpr int kVectors = 4;  // independent sums hide the latency of a step

// Filters [first, first + filters) of a convolution; weights [step, filter], and slack.
struct Group {
  const Convolution& op;
  int first, filters;
  const std::int32_t* weights;

  // Sums of one pixel and the filters from `filter` on, as many as fit into the vectors.
  void sum(std::int64_t pixel, int filter, std::int32_t* accumulators) const {
    const Int32 tag;
    const auto lanes = static_cast<int>(hn::Lanes(tag));
    const auto end = std::int32_t{1} << (op.widths.accumulator - 1);
    const auto low = hn::Set(tag, -end), high = hn::Set(tag, end - 1);
    std::int32_t values[kVectors * kMostLanes] = {};
    const int count = std::min(kVectors * lanes, filters - filter);
    std::copy_n(op.bias + first + filter, count, values);
    Sum sums[kVectors];
    for (int i = 0; i < kVectors; ++i) sums[i] = load(values + i * lanes);
    const std::int64_t output = pixel * op.shape.filters + first;
    for (int step = 0; step < op.shape.steps(); ++step) {
      const auto activation = hn::Set(tag, op.activation(output, step));
      const auto* row = weights + std::ptrdiff_t{step} * filters + filter;
      for (int i = 0; i < kVectors; ++i) {
        const auto product = hn::Mul(load(row + i * lanes), activation);
        sums[i] = hn::Min(hn::Max(hn::Add(sums[i], product), low), high);
      }
    }
    for (int i = 0; i < kVectors; ++i) hn::StoreU(sums[i], tag, values + i * lanes);
    std::copy_n(values, count, accumulators + output + filter);
  }
};

void convolve_group(const Convolution& op, int first, const std::int32_t* weights,
                    std::int32_t* accumulators) {
  const Group group{op, first, op.shape.filters / op.shape.groups, weights};
  const int block = kVectors * static_cast<int>(hn::Lanes(Int32()));
  for (std::int64_t pixel = 0; pixel < op.outputs() / op.shape.filters; ++pixel)
    for (int filter = 0; filter < group.filters; filter += block)
      group.sum(pixel, filter, accumulators);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(convolve_group);

// Of the filters [first, first + filters), [step, filter], and slack.
std::vector<std::int32_t> packed_weights(const Convolution& op, int first, int filters) {
  std::vector<std::int32_t> weights;
  weights.reserve(
      static_cast<std::size_t>(std::int64_t{filters} * op.shape.steps() + kVectorSlack));
  for (int step = 0; step < op.shape.steps(); ++step)
    for (int filter = 0; filter < filters; ++filter)
      weights.push_back(op.weight(first + filter, step));
  weights.resize(weights.size() + kVectorSlack);
  return weights;
}

bool fit_biases(const Convolution& op) {
  return std::all_of(op.bias, op.bias + op.shape.filters, [&](std::int32_t bias) {
    return bias == saturate(bias, op.widths.accumulator);
  });
}

}  // namespace

bool fits_saturating(const Convolution& op, const OperandRanges& ranges) {
  const std::int64_t product = std::int64_t{ranges.weights.magnitude()} * ranges.input.magnitude();
  const bool fits_product = product < std::int64_t{1} << (op.widths.product - 1);
  // Less than 2^30 and a sum of at most 31 bits.
  return op.widths.saturates && op.widths.accumulator < 32 && fits_product &&
         product < std::int64_t{1} << 30 && fit_biases(op);
}

void convolve_saturating(const Convolution& op, std::span<std::int32_t> accumulators) {
  const int filters = op.shape.filters / op.shape.groups;
  for (int first = 0; first < op.shape.filters; first += filters) {
    const auto weights = packed_weights(op, first, filters);
    HWY_DYNAMIC_DISPATCH(convolve_group)(op, first, weights.data(), accumulators.data());
  }
}

}  // namespace citrine
#endif
