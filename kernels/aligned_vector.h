#pragma once
// Arrays that begin with a cache line, so that no vector of a kernel lies in two.
#include <cstddef>
#include <new>
#include <vector>

namespace citrine {

template <class Value>
struct AlignedAllocator {
  using value_type = Value;
  static constexpr std::align_val_t kAlignment{64};

  AlignedAllocator() = default;
  template <class Other>
  explicit AlignedAllocator(const AlignedAllocator<Other>&) {}
  Value* allocate(std::size_t count) {
    return static_cast<Value*>(::operator new(count * sizeof(Value), kAlignment));
  }
  void deallocate(Value* values, std::size_t) { ::operator delete(values, kAlignment); }
  bool operator==(const AlignedAllocator&) const = default;
};

template <class Value>
using AlignedVector = std::vector<Value, AlignedAllocator<Value>>;

}  // namespace citrine
