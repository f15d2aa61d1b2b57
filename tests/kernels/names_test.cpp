#include "kernels/names.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

constexpr std::string_view kNames[] = {"cpu", "cuda", "emulated"};

TEST(Names, NearestHasTheFewestEdits) {
  EXPECT_EQ(nearest_name("cud", kNames), "cuda");
  EXPECT_EQ(nearest_name("emulate", kNames), "emulated");
  EXPECT_EQ(nearest_name("cuda", kNames), "cuda");
  EXPECT_EQ(nearest_name("xxx", kNames), "cpu");  // 3 edits; the others need 4 and more
}

TEST(Names, TheFirstOfEqualsWins) {
  constexpr std::string_view kEqual[] = {"ab", "ba"};
  EXPECT_EQ(nearest_name("aa", kEqual), "ab");
}

TEST(Names, NoCandidatesGiveNoName) {
  EXPECT_EQ(nearest_name("cpu", {}), "");
  EXPECT_EQ(unknown_name("backend", "cpu", {}), "unknown backend 'cpu'");
}

TEST(Names, MessageNamesTheNearestAndAll) {
  EXPECT_EQ(unknown_name("backend", "cup", kNames),
            "unknown backend 'cup': did you mean 'cpu'? (cpu, cuda, emulated)");
}

TEST(Names, ALongNameIsCut) {
  const std::string most(64, 'x');
  EXPECT_EQ(unknown_name("backend", most, {}), "unknown backend '" + most + "'");
  EXPECT_EQ(unknown_name("backend", most + "y", {}), "unknown backend '" + most + "...'");
}

}  // namespace
}  // namespace citrine
