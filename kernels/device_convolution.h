#pragma once
// The convolution kernel, once for the device and once for the emulator.
#include <cstdint>
#include <span>

#include "kernels/convolution.h"

namespace citrine::emulated {

// Accumulators of all outputs of a valid `op`; all arrays are host memory.
void convolve(const Convolution& op, std::span<std::int32_t> accumulators);

}  // namespace citrine::emulated

namespace citrine::cuda {

// The same. Throws Error when a CUDA call fails. Only in builds with CUDA.
void convolve(const Convolution& op, std::span<std::int32_t> accumulators);
// 0 without a driver or a device.
int device_count();

}  // namespace citrine::cuda
