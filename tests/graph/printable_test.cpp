#include "graph/printable.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

TEST(Printable, KeepsPrintableAsciiAndEscapesTheRest) {
  EXPECT_EQ(printable(""), "");
  EXPECT_EQ(printable(" conv1.bn~"), " conv1.bn~");
  EXPECT_EQ(printable(std::string_view("a\n\0\x7f\xc3\xa4", 6)), "a\\x0a\\x00\\x7f\\xc3\\xa4");
}

TEST(Printable, CutsLongTexts) {
  EXPECT_EQ(printable("1234", 4), "1234");
  EXPECT_EQ(printable("12345", 4), "1234...");
  EXPECT_EQ(printable("\n\n\n", 2), "\\x0a\\x0a...");
  EXPECT_EQ(printable(std::string(65, 'a')), std::string(64, 'a') + "...");
}

}  // namespace
}  // namespace citrine
