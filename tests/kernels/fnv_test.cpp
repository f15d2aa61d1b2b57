#include "kernels/fnv.h"

#include <string_view>

#include <gtest/gtest.h>

namespace citrine {
namespace {

std::uint64_t hash(std::string_view text) {
  std::uint64_t hash = kFnvBasis;
  for (const char letter : text) hash = fnv1a(hash, static_cast<std::uint8_t>(letter));
  return hash;
}

// The test vectors of its authors (www.isthe.com/chongo/src/fnv/test_fnv.c).
TEST(Fnv, GivesThePublishedHashes) {
  EXPECT_EQ(hash(""), 0xcbf29ce484222325);
  EXPECT_EQ(hash("a"), 0xaf63dc4c8601ec8c);
  EXPECT_EQ(hash("foobar"), 0x85944171f73967e8);
}

}  // namespace
}  // namespace citrine
