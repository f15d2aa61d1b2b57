#pragma once
// The processor as a backend: SIMD where registers cannot overflow, the plain body elsewhere.
#include "kernels/backend.h"

namespace citrine {

class CpuBackend : public Backend {
 public:
  std::string name() const override { return "cpu"; }
  bool is_processor() const override { return true; }
  void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const override;
};

}  // namespace citrine
