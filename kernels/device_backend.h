#pragma once
// The CUDA kernel as a backend: emulated everywhere, on a device where there is one.
#include "kernels/backend.h"

namespace citrine {

class EmulatedBackend : public Backend {
 public:
  std::string name() const override { return "emulated"; }
  void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const override;
};

// Throws Error, with the reason, where this build or this machine cannot run CUDA.
std::unique_ptr<Backend> make_cuda_backend();
bool has_cuda_device();

}  // namespace citrine
