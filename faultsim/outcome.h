#pragma once
// What a faulty inference did to the answer.
#include <cstddef>
#include <cstdint>
#include <span>

#include "faultsim/fault.h"

namespace citrine {

// Class of the largest logit, the lowest of equals.
std::size_t top_class(std::span<const std::int32_t> logits);

// Softmax of logits in units of `step`, at class `wanted`.
double confidence(std::span<const std::int32_t> logits, std::size_t wanted, double step);

// masked_later, benign or sdc, from logits in units of `step`; at most 256 classes.
Outcome compare_logits(std::span<const std::int32_t> golden, std::span<const std::int32_t> faulty,
                       double step);

}  // namespace citrine
