#pragma once
// Which targets Highway compiles; include it before Highway's other headers.

// Has the dot product of 8 bits.
#define HWY_WANT_AVX3_DL
// Vectors of unknown size cannot be elements of arrays.
#define HWY_DISABLED_TARGETS (HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128 | HWY_RVV)

#include <hwy/targets.h>
