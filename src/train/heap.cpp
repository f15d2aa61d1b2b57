#include "train/heap.h"

#include <malloc.h>

namespace citrine {
namespace {

constexpr int kLargestOnHeap = 32 << 20;  // bytes; the most that glibc takes
constexpr int kLargestKept = 2047 << 20;  // bytes

}  // namespace

void keep_freed_memory() {
  mallopt(M_MMAP_THRESHOLD, kLargestOnHeap);
  mallopt(M_TRIM_THRESHOLD, kLargestKept);
}

}  // namespace citrine
