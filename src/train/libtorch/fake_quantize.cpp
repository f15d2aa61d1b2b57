#include "train/libtorch/fake_quantize.h"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numbers>
#include <numeric>

#include <ATen/Parallel.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/mul.h>
#include <torch/csrc/autograd/custom_function.h>

#include "train/latent_network.h"

namespace citrine {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::tensor_list;

constexpr std::int64_t kChunk = 1 << 14;  // elements whose part of a step's gradient is one sum

// Halves up; |value| < 2^31.
float nearest_integer(float value) {
  const float shifted = value + 0.5F;
  const auto truncated = static_cast<float>(static_cast<std::int32_t>(shifted));
  return truncated > shifted ? truncated - 1 : truncated;
}

struct EveryInteger {
  float operator()(float value) const { return nearest_integer(value); }
};

struct SomeValues {
  const Grid& grid;
  float operator()(float value) const {
    if (grid.rounds_first) value = nearest_integer(value);
    const auto above = std::ranges::upper_bound(grid.midpoints, value);
    return grid.values[static_cast<std::size_t>(above - grid.midpoints.begin())];
  }
};

// Borrowed arrays of `size` elements that share a step.
struct Run {
  const float* values;
  float step;
  float *rounded, *passes, *slopes;
  std::int64_t size;
};

template <class Nearest>
void round_run(const Run& run, const Grid& grid, const Nearest& nearest) {
  const float low = grid.low, high = grid.high, step = run.step;
  const float beyond = grid.has_fixed_high ? 0 : high;
  for (std::int64_t i = 0; i < run.size; ++i) {
    const float value = run.values[i] / step;
    const float clamped = value > low ? (value < high ? value : high) : low;
    const float integer = nearest(clamped);
    const bool is_within = value >= low && value <= high;
    run.rounded[i] = integer * step;
    run.passes[i] = is_within ? 1.0F : 0.0F;
    run.slopes[i] = is_within ? integer - value : value > high ? beyond : low;
  }
}

// Calls visit(first element, size, index of the step) for chunks that share a step, in parallel.
template <class Visit>
void visit_chunks(std::int64_t elements, std::int64_t steps, const Visit& visit) {
  const std::int64_t each = elements / steps, chunks = (each + kChunk - 1) / kChunk;
  const std::int64_t grain = (kChunk + each - 1) / each;
  at::parallel_for(0, steps * chunks, grain, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t first = i % chunks * kChunk;
      visit(i / chunks * each + first, std::min(kChunk, each - first), i / chunks);
    }
  });
}

struct FakeQuantize : torch::autograd::Function<FakeQuantize> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& values,
                            const at::Tensor& steps, const Grid& grid) {
    auto rounded = at::empty_like(values);
    const auto passes = at::empty_like(values), slopes = at::empty_like(values);
    const float *from = values.const_data_ptr<float>(), *step = steps.const_data_ptr<float>();
    auto *to = rounded.data_ptr<float>(), *pass = passes.data_ptr<float>(),
         *slope = slopes.data_ptr<float>();
    visit_chunks(values.numel(), steps.numel(),
                 [&](std::int64_t first, std::int64_t size, std::int64_t index) {
                   const Run run{from + first, step[index],   to + first,
                                 pass + first, slope + first, size};
                   if (grid.values.empty())
                     round_run(run, grid, EveryInteger{});
                   else
                     round_run(run, grid, SomeValues{grid});
                 });
    context->save_for_backward({passes, slopes, steps});
    return rounded;
  }

  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &passes = saved[0], &slopes = saved[1], &steps = saved[2];
    const auto gradient = at::empty_like(passes).copy_(gradients[0]);
    auto* values = gradient.data_ptr<float>();
    const float *pass = passes.const_data_ptr<float>(), *slope = slopes.const_data_ptr<float>();
    const std::int64_t each = gradient.numel() / steps.numel();
    const std::int64_t chunks = (each + kChunk - 1) / kChunk;
    std::vector<double> sums(static_cast<std::size_t>(steps.numel() * chunks));
    visit_chunks(gradient.numel(), steps.numel(),
                 [&](std::int64_t first, std::int64_t size, std::int64_t index) {
                   float sum = 0;
                   for (std::int64_t i = first; i < first + size; ++i) {
                     sum += values[i] * slope[i];
                     values[i] *= pass[i];
                   }
                   const auto chunk = index * chunks + (first - index * each) / kChunk;
                   sums[static_cast<std::size_t>(chunk)] = double{sum};
                 });
    return {gradient, summed(sums, steps), {}};
  }

  static at::Tensor summed(const std::vector<double>& sums, const at::Tensor& steps) {
    auto result = at::empty_like(steps);
    auto* values = result.data_ptr<float>();
    const auto chunks = sums.size() / static_cast<std::size_t>(steps.numel());
    for (std::int64_t i = 0; i < steps.numel(); ++i) {
      const auto first = sums.begin() + i * static_cast<std::ptrdiff_t>(chunks);
      values[i] = static_cast<float>(
          std::accumulate(first, first + static_cast<std::ptrdiff_t>(chunks), 0.0));
    }
    return result;
  }
};

struct Steps : torch::autograd::Function<Steps> {
  static at::Tensor forward(AutogradContext* context, const at::Tensor& exponents, bool is_free) {
    auto steps = at::empty_like(exponents);
    const float* from = exponents.const_data_ptr<float>();
    std::transform(from, from + exponents.numel(), steps.data_ptr<float>(),
                   [&](float exponent) { return step_of(exponent, is_free); });
    context->save_for_backward({steps});
    return steps;
  }
  static tensor_list backward(AutogradContext* context, tensor_list gradients) {
    const auto steps = context->get_saved_variables()[0];
    return {at::mul(gradients[0], steps).mul_(std::numbers::ln2), {}};
  }
};

void set_values(Grid& grid, const NumberFormat& number) {
  if (!number.has_gaps()) return;
  for (const auto value : number.values()) {
    if (!grid.values.empty())
      grid.midpoints.push_back((grid.values.back() + static_cast<float>(value)) / 2);
    grid.values.push_back(static_cast<float>(value));
  }
}

}  // namespace

Grid weight_grid(const NumberFormat& number) {
  Grid grid{.low = static_cast<float>(number.lowest()),
            .high = static_cast<float>(number.highest())};
  set_values(grid, number);
  return grid;
}

Grid stored_grid(const NumberFormat& number, std::int32_t low, std::int32_t high) {
  Grid grid{.low = static_cast<float>(low),
            .high = static_cast<float>(high),
            .has_fixed_high = high < number.highest(),
            .rounds_first = true};
  set_values(grid, number);
  return grid;
}

Grid integer_grid() { return {.low = -0x1p30F, .high = 0x1p30F}; }

at::Tensor fake_quantize(const at::Tensor& values, const at::Tensor& steps, const Grid& grid) {
  return FakeQuantize::apply(values, steps, grid);
}

at::Tensor steps_of(const at::Tensor& exponents, bool is_free) {
  return Steps::apply(exponents, is_free);
}

}  // namespace citrine
