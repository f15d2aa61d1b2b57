#include "store/outcome_flags.h"

#include <array>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::array<std::uint8_t Outcome::*, kFailures> kFields = {
    &Outcome::is_sdc5, &Outcome::is_drop10, &Outcome::is_drop20};

}  // namespace

std::uint8_t outcome_flags(const Outcome& outcome) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < kFields.size(); ++i)
    bits |= static_cast<unsigned>(outcome.*kFields[i] != 0) << i;
  return static_cast<std::uint8_t>(bits);
}

void set_outcome_flags(Outcome& outcome, std::uint8_t bits) {
  if (bits >> kFields.size() != 0)
    throw Error("flags must be below ", 1 << kFields.size(), ", got ", int{bits});
  for (std::size_t i = 0; i < kFields.size(); ++i)
    outcome.*kFields[i] = static_cast<std::uint8_t>(bits >> i & 1);
}

}  // namespace citrine
