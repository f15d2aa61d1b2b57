#include "faultsim/outcome.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <numeric>

namespace citrine {
namespace {

// Number of classes that come before `wanted`; of equal logits the lower class comes first.
std::size_t rank(std::span<const std::int32_t> logits, std::size_t wanted) {
  std::size_t before = 0;
  for (std::size_t i = 0; i < logits.size(); ++i)
    before += logits[i] > logits[wanted] || (logits[i] == logits[wanted] && i < wanted) ? 1 : 0;
  return before;
}

float largest_change(std::span<const std::int32_t> golden, std::span<const std::int32_t> faulty,
                     double step) {
  const std::int64_t change = std::transform_reduce(
      golden.begin(), golden.end(), faulty.begin(), std::int64_t{0},
      [](std::int64_t a, std::int64_t b) { return std::max(a, b); },
      [](std::int64_t a, std::int64_t b) { return std::abs(a - b); });
  return static_cast<float>(static_cast<double>(change) * step);
}

}  // namespace

double confidence(std::span<const std::int32_t> logits, std::size_t wanted, double step) {
  double sum = 0;
  for (const auto logit : logits)
    sum += std::exp((static_cast<double>(logit) - logits[wanted]) * step);
  return 1 / sum;
}

std::size_t top_class(std::span<const std::int32_t> logits) {
  return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

Outcome compare_logits(std::span<const std::int32_t> golden, std::span<const std::int32_t> faulty,
                       double step) {
  const std::size_t before = top_class(golden);
  if (std::ranges::equal(golden, faulty))
    return {.kind = OutcomeKind::masked_later,
            .golden_class = static_cast<std::uint8_t>(before),
            .faulty_class = static_cast<std::uint8_t>(before)};
  const std::size_t after = top_class(faulty);
  const double drop = confidence(golden, before, step) - confidence(faulty, before, step);
  Outcome outcome;
  outcome.kind = before == after ? OutcomeKind::benign : OutcomeKind::sdc;
  outcome.golden_class = static_cast<std::uint8_t>(before);
  outcome.faulty_class = static_cast<std::uint8_t>(after);
  outcome.is_sdc5 = rank(faulty, before) >= 5;
  outcome.is_drop10 = drop > 0.1;
  outcome.is_drop20 = drop > 0.2;
  outcome.logit_change = largest_change(golden, faulty, step);
  return outcome;
}

}  // namespace citrine
