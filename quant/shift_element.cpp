#include "quant/shift_element.h"

#include <algorithm>

#include "kernels/error.h"

namespace citrine {
namespace {

using Exponents = std::vector<Term>;

std::optional<Term> exponent_at(const Exponents& exponents, std::size_t index) {
  return index < exponents.size() ? std::optional(exponents[index]) : std::nullopt;
}

std::int64_t shifted(const std::optional<Term>& exponent, std::int32_t activation) {
  return exponent ? multiply({&*exponent, 1}, activation) : 0;
}

// By weight.
std::vector<Exponents> exponents_of(const Convolution& convolution, const NumberFormat& weights) {
  std::vector<Exponents> exponents;
  const std::int64_t count = std::int64_t{convolution.shape.filters} * convolution.shape.steps();
  for (std::int64_t i = 0; i < count; ++i)
    exponents.push_back(weights.terms(weights.code(convolution.weights[i])));
  return exponents;
}

// Computes the outputs of one convolution one after the other.
class Schedule {
 public:
  Schedule(const Convolution& convolution, const NumberFormat& weights)
      : convolution_(convolution),
        terms_(static_cast<std::size_t>(weights.most_terms())),
        exponents_(exponents_of(convolution, weights)) {}

  std::int32_t output(std::int64_t index, ShiftElement& element) const {
    element.start(convolution_.bias[index % convolution_.shape.filters]);
    if (terms_ == 1)
      run_pairs_of_weights(index, element);
    else
      run_pairs_of_exponents(index, element);
    return element.accumulator();
  }

 private:
  int steps() const { return convolution_.shape.steps(); }
  const Exponents& exponents(std::int64_t output, int step) const {
    const std::int64_t filter = output % convolution_.shape.filters;
    return exponents_[static_cast<std::size_t>(filter * steps() + step)];
  }

  // With an odd number of steps one shifter has nothing to do in the last cycle.
  void run_pairs_of_weights(std::int64_t output, ShiftElement& element) const {
    for (int step = 0; step < steps(); step += 2) {
      ElementOperands operands;
      for (int i = 0; i < std::min(2, steps() - step); ++i) {
        const auto side = static_cast<std::size_t>(i);
        operands.exponents[side] = exponent_at(exponents(output, step + i), 0);
        operands.activations[side] = convolution_.activation(output, step + i);
      }
      element.cycle(operands);
    }
  }

  void run_pairs_of_exponents(std::int64_t output, ShiftElement& element) const {
    for (int step = 0; step < steps(); ++step) {
      const auto& weight = exponents(output, step);
      for (std::size_t i = 0; i < terms_; i += 2)
        element.cycle({.mode = ElementMode::double_exponent,
                       .exponents = {exponent_at(weight, i), exponent_at(weight, i + 1)},
                       .activations = {convolution_.activation(output, step), 0}});
    }
  }

  const Convolution& convolution_;
  std::size_t terms_;
  std::vector<Exponents> exponents_;
};

}  // namespace

void ShiftElement::cycle(const ElementOperands& operands) {
  std::array<std::int64_t, 2> products{};
  for (std::size_t side = 0; side < products.size(); ++side) {
    const bool is_second = operands.mode == ElementMode::single && side == 1;
    products[side] = shifted(operands.exponents[side], operands.activations[is_second ? 1 : 0]);
    ++activity_.shifts;
    activity_.zero_shifts += operands.exponents[side] ? 0 : 1;
  }
  const std::int64_t sum = products[0] + products[1];
  ++activity_.tree_additions;
  accumulator_ = registers_.accumulated(accumulator_ + sum);
  ++activity_.accumulations;
  ++activity_.cycles;
}

ElementRun run_on_shift_element(const Convolution& convolution, const NumberFormat& weights) {
  if (convolution.fault.site != MacSite::none)
    throw Error("the shift-based element runs convolutions without faults, got one in output ",
                convolution.fault.output);
  const Schedule schedule(convolution, weights);
  ShiftElement element(convolution.widths);
  ElementRun run;
  run.accumulators.reserve(static_cast<std::size_t>(convolution.outputs()));
  for (std::int64_t index = 0; index < convolution.outputs(); ++index)
    run.accumulators.push_back(schedule.output(index, element));
  run.activity = element.activity();
  return run;
}

}  // namespace citrine
