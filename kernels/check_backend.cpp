#include "kernels/check_backend.h"

#include <algorithm>

#include "kernels/error.h"

namespace citrine {

void CheckBackend::convolve(const Convolution& op, std::span<std::int32_t> accumulators) const {
  first_->convolve(op, accumulators);
  std::vector<std::int32_t> others(accumulators.size());
  second_->convolve(op, others);
  const auto [ours, other] = std::ranges::mismatch(accumulators, others);
  if (ours == accumulators.end()) return;
  throw Error("backends differ in output ", ours - accumulators.begin(), ": ", first_->name(),
              " gives ", *ours, ", ", second_->name(), " gives ", *other);
}

}  // namespace citrine
