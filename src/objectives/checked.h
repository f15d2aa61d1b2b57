#pragma once
// 64-bit counts that refuse to overflow.
#include <cstdint>

#include "kernels/error.h"

namespace citrine {

class CostOverflow : public Error {
 public:
  using Error::Error;
};

inline std::int64_t checked_sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) throw CostOverflow("a cost exceeds 2^63: ", a, " + ", b);
  return sum;
}

inline std::int64_t checked_product(std::int64_t a, std::int64_t b) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(a, b, &product))
    throw CostOverflow("a cost exceeds 2^63: ", a, " * ", b);
  return product;
}

}  // namespace citrine
