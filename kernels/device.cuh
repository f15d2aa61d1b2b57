#pragma once
// How a kernel starts, declares shared memory and gets its arrays: on the device under nvcc, on the
// emulator elsewhere.
#include <cstddef>
#include <span>

#if defined(__CUDACC__)
#include <cuda_runtime.h>

#include "kernels/error.h"

#define CITRINE_DEVICE cuda
#define CITRINE_SHARED(type, name) __shared__ type name

namespace citrine::cuda {

inline void check(cudaError_t error, const char* what) {
  if (error != cudaSuccess) throw Error("CUDA: ", what, ": ", cudaGetErrorString(error));
}

// Owns an array in device memory.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t size) {
    check(cudaMalloc(&elements_, size * sizeof(T)), "allocating device memory");
  }
  explicit DeviceArray(std::span<const T> elements) : DeviceArray(elements.size()) {
    check(cudaMemcpy(elements_, elements.data(), elements.size_bytes(), cudaMemcpyHostToDevice),
          "copying to the device");
  }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(elements_); }

  T* get() const { return elements_; }
  // Waits for the kernels before it.
  void read(std::span<T> elements) const {
    check(cudaMemcpy(elements.data(), elements_, elements.size_bytes(), cudaMemcpyDeviceToHost),
          "running a kernel and copying from the device");
  }

 private:
  T* elements_ = nullptr;
};

template <class... P, class... A>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, A... args) {
  kernel<<<grid, block>>>(static_cast<P>(args)...);
  check(cudaGetLastError(), "starting a kernel");
}

}  // namespace citrine::cuda
#else
#include "kernels/emulation/cuda_emulation.h"
#define CITRINE_DEVICE emulated
#endif
