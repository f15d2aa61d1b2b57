#include "train/kept_heap.h"

#include <malloc.h>

namespace citrine {
namespace {

constexpr int kLargestMapped = 32 << 20;  // bytes; the most that glibc takes
constexpr int kKeptFree = 2047 << 20;     // bytes

}  // namespace

KeptHeap::KeptHeap() {
  mallopt(M_MMAP_THRESHOLD, kLargestMapped);
  mallopt(M_TRIM_THRESHOLD, kKeptFree);
}

KeptHeap::~KeptHeap() { malloc_trim(0); }

}  // namespace citrine
