#pragma once
// Runs CUDA kernels on the host. Blocks run in sequence; the threads of a block are fibers that
// switch at barriers and warp exchanges only, so a run is deterministic for a given Order. The
// state belongs to the calling host thread: several host threads emulate independently. Not
// modelled: memory order between warps, occupancy, bank conflicts.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#define __global__
#define __device__
#define __host__
#define __launch_bounds__(...)
#define __restrict__
#define CITRINE_SHARED(type, name)   \
  static const char name##_site = 0; \
  type& name = *static_cast<type*>(::citrine::emulated::shared(&name##_site, sizeof(type)))

#define threadIdx (::citrine::emulated::position().thread)
#define blockIdx (::citrine::emulated::position().block)
#define blockDim (::citrine::emulated::position().block_size)
#define gridDim (::citrine::emulated::position().grid_size)
#define __syncthreads() ::citrine::emulated::sync_block(__FILE__, __LINE__)

namespace citrine::emulated {

struct dim3 {  // NOLINT(readability-identifier-naming): CUDA's name
  unsigned x = 1, y = 1, z = 1;
  constexpr dim3(unsigned x_size = 1, unsigned y_size = 1, unsigned z_size = 1)
      : x(x_size), y(y_size), z(z_size) {}
};

struct Position {
  dim3 thread, block, block_size, grid_size;
};

// The order in which the threads between two barriers run. Correct kernels do not depend on it.
enum class Order { forward, backward, shuffled };

// For the kernels that this host thread runs from now on.
void set_order(Order order, std::uint32_t seed = 0);
// Throws Error if the block size is not 1 to 1024, or if threads of a block wait at different
// barriers; rethrows what a thread throws.
void run(dim3 grid, dim3 block, const std::function<void()>& kernel);

const Position& position();
void sync_block(const char* file, int line);
// The block's object for this declaration, filled with garbage on first use.
void* shared(const void* site, std::size_t size);
// Publishes 8 bytes to the warp and returns the bytes of lane `source`. Throws Error if the block
// has no such thread.
std::uint64_t exchange(std::uint64_t value, int source);
int lane();

template <class T>
T from_lane(T value, int source) {
  static_assert(sizeof(T) <= sizeof(std::uint64_t));
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  bits = exchange(bits, source);
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

template <class T>
T __shfl_down_sync(unsigned, T value, int delta) {  // NOLINT(readability-identifier-naming)
  return from_lane(value, lane() + delta < 32 ? lane() + delta : lane());
}

// An array of its own, as on a device, so that a sanitizer sees a kernel leave it.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t size) : elements_(size) {}
  explicit DeviceArray(std::span<const T> elements) : elements_(elements.begin(), elements.end()) {}
  T* get() { return elements_.data(); }
  void read(std::span<T> elements) const { std::ranges::copy(elements_, elements.begin()); }

 private:
  std::vector<T> elements_;
};

template <class... P, class... A>
void launch(void (*kernel)(P...), dim3 grid, dim3 block, A... args) {
  run(grid, block, [&] { kernel(static_cast<P>(args)...); });
}

}  // namespace citrine::emulated
