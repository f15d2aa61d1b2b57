#include "kernels/device_backend.h"

#include "kernels/convolution_check.h"
#include "kernels/device_convolution.h"
#include "kernels/error.h"

namespace citrine {

void EmulatedBackend::convolve(const Convolution& op, std::span<std::int32_t> accumulators) const {
  check_convolution(op, accumulators.size());
  emulated::convolve(op, accumulators);
}

#if defined(CITRINE_HAS_CUDA)
namespace {

class CudaBackend : public Backend {
 public:
  std::string name() const override { return "cuda"; }
  void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const override {
    check_convolution(op, accumulators.size());
    cuda::convolve(op, accumulators);
  }
};

}  // namespace

bool has_cuda_device() { return cuda::device_count() > 0; }

std::unique_ptr<Backend> make_cuda_backend() {
  if (!has_cuda_device())
    throw Error("backend 'cuda' needs a CUDA device and its driver, found none");
  return std::make_unique<CudaBackend>();
}
#else
bool has_cuda_device() { return false; }

std::unique_ptr<Backend> make_cuda_backend() {
  throw Error("backend 'cuda' needs a build with CITRINE_CUDA=ON, this one is without");
}
#endif

}  // namespace citrine
