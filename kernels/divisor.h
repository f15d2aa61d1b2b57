#pragma once
// Division by a number by which many are divided: a product and a shift (Granlund, Montgomery
// 1994, "Division by invariant integers using multiplication", theorem 4.2).
#include <bit>
#include <cassert>
#include <cstdint>

namespace citrine {

class Divisor {
 public:
  // Numbers that it divides are below this one.
  static constexpr std::uint32_t kEnd = std::uint32_t{1} << 31;

  // 1 to kEnd.
  constexpr explicit Divisor(std::uint32_t divisor)
      : divisor_(divisor),
        shift_(31 + std::bit_width(divisor - 1)),
        factor_(((std::uint64_t{1} << shift_) + divisor - 1) / divisor) {
    assert(divisor <= kEnd);
  }

  constexpr std::uint32_t divisor() const { return divisor_; }
  constexpr std::uint32_t quotient(std::uint32_t number) const {
    assert(number < kEnd);
    return static_cast<std::uint32_t>(number * factor_ >> shift_);
  }

 private:
  std::uint32_t divisor_;
  int shift_;
  std::uint64_t factor_;
};

}  // namespace citrine
