#include "store/outcome_flags.h"

#include "kernels/error.h"

namespace citrine {

std::uint8_t outcome_flags(const Outcome& outcome) {
  unsigned bits = 0;
  for (std::size_t i = 0; i < kFailureFields.size(); ++i)
    bits |= static_cast<unsigned>(outcome.*kFailureFields[i] != 0) << i;
  return static_cast<std::uint8_t>(bits);
}

void set_outcome_flags(Outcome& outcome, std::uint8_t bits) {
  if (bits >> kFailureFields.size() != 0)
    throw Error("flags must be below ", 1 << kFailureFields.size(), ", got ", int{bits});
  for (std::size_t i = 0; i < kFailureFields.size(); ++i)
    outcome.*kFailureFields[i] = static_cast<std::uint8_t>(bits >> i & 1);
}

}  // namespace citrine
