#include "kernels/cpu_backend.h"

#include "kernels/convolution_check.h"
#include "kernels/simd_convolution.h"

namespace citrine {

void CpuBackend::convolve(const Convolution& op, std::span<std::int32_t> accumulators) const {
  check_convolution(op, accumulators.size());
  const auto ranges = operand_ranges(op);
  if (!fits_registers(op, ranges)) {
    std::int64_t index = 0;
    for (auto& accumulator : accumulators) accumulator = op(index++);
    return;
  }
  convolve_simd(op, ranges, accumulators);
  if (op.fault.site != MacSite::none)
    accumulators[static_cast<std::size_t>(op.fault.output)] = op(op.fault.output);
}

}  // namespace citrine
