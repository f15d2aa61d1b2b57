#include "kernels/divisor.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

constexpr std::uint32_t kMost = Divisor::kEnd;

// Quotients can only be wrong next to multiples.
TEST(Divisor, DividesAsTheProcessor) {
  for (const std::uint32_t divisor : {1U, 2U, 3U, 5U, 7U, 16U, 27U, 144U, 576U, 641U, 65535U,
                                      65536U, 1000003U, kMost / 2 + 1, kMost - 1, kMost}) {
    const Divisor by(divisor);
    EXPECT_EQ(by.divisor(), divisor);
    const std::uint32_t last = (kMost - 1) / divisor;
    for (const std::uint32_t multiple : {0U, 1U, 2U, 1000U, last / 2, last - last / 7, last}) {
      if (multiple > last) continue;
      const std::uint32_t number = multiple * divisor;
      ASSERT_EQ(by.quotient(number), multiple) << divisor;
      if (number == 0) continue;
      ASSERT_EQ(by.quotient(number - 1), (number - 1) / divisor) << divisor;
    }
    ASSERT_EQ(by.quotient(kMost - 1), last) << divisor;
  }
}

}  // namespace
}  // namespace citrine
