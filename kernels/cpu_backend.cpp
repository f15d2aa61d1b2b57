#include "kernels/cpu_backend.h"

#include "kernels/convolution_check.h"
#include "kernels/saturating_convolution.h"
#include "kernels/simd_convolution.h"

namespace citrine {
namespace {

void convolve_stepwise(const Convolution& op, std::span<std::int32_t> accumulators) {
  std::int64_t index = 0;
  for (auto& accumulator : accumulators) accumulator = op(index++);
}

}  // namespace

void CpuBackend::convolve(const Convolution& op, std::span<std::int32_t> accumulators) const {
  check_convolution(op, accumulators.size());
  const auto ranges = operand_ranges(op);
  if (fits_registers(op, ranges)) {
    convolve_simd(op, ranges, accumulators);
    wrap_sums(accumulators.data(), std::ssize(accumulators), op.widths.accumulator);
  } else if (fits_saturating(op, ranges)) {
    convolve_saturating(op, accumulators);
  } else {
    return convolve_stepwise(op, accumulators);
  }
  if (op.fault.site != MacSite::none)
    accumulators[static_cast<std::size_t>(op.fault.output)] = op(op.fault.output);
}

}  // namespace citrine
