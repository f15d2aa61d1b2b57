// Compiled by nvcc for devices and by the C++ compiler for the emulator.
#include "kernels/device.cuh"
#include "kernels/device_convolution.h"

namespace citrine::CITRINE_DEVICE {
namespace {

constexpr int kThreads = 128;

// One thread, one output.
__global__ void convolution_kernel(Convolution op, std::int32_t* accumulators) {
  const std::int64_t index = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (index < op.outputs()) accumulators[index] = op(index);
}

template <class T>
DeviceArray<T> to_device(const T* elements, std::int64_t size) {
  return DeviceArray<T>(std::span(elements, static_cast<std::size_t>(size)));
}

}  // namespace

void convolve(const Convolution& op, std::span<std::int32_t> accumulators) {
  if (accumulators.empty()) return;
  const auto& shape = op.shape;
  auto input =
      to_device(op.input, std::int64_t{op.images} * shape.height * shape.width * shape.channels);
  auto weights = to_device(op.weights, std::int64_t{shape.filters} * shape.steps());
  auto bias = to_device(op.bias, shape.filters);
  DeviceArray<std::int32_t> result(accumulators.size());
  Convolution on_device = op;
  on_device.input = input.get();
  on_device.weights = weights.get();
  on_device.bias = bias.get();
  const auto blocks = static_cast<unsigned>((op.outputs() + kThreads - 1) / kThreads);
  launch(convolution_kernel, dim3(blocks), dim3(kThreads), on_device, result.get());
  result.read(accumulators);
}

#if defined(__CUDACC__)
int device_count() {
  int count = 0;
  const auto error = cudaGetDeviceCount(&count);
  if (error == cudaErrorNoDevice || error == cudaErrorInsufficientDriver) return 0;
  check(error, "counting devices");
  return count;
}
#endif

}  // namespace citrine::CITRINE_DEVICE
