#include "app/progress.h"

#include <gtest/gtest.h>

namespace citrine {
namespace {

TEST(Progress, Durations) {
  EXPECT_EQ(duration_text(0), "0:00");
  EXPECT_EQ(duration_text(65.4), "1:05");
  EXPECT_EQ(duration_text(59.6), "1:00");
  EXPECT_EQ(duration_text(7384), "2:03:04");
}

TEST(Progress, Lines) {
  EXPECT_EQ(progress_text("train", 1200, 10000, 42, "loss 1.2"),
            "train: 12 % (1200/10000), 0:42 left, loss 1.2");
  EXPECT_EQ(progress_text("train", 0, 10000, -1, ""), "train: 0 % (0/10000)");
  EXPECT_EQ(progress_text("train", 0, 0, -1, ""), "train: 0 % (0/0)");
}

}  // namespace
}  // namespace citrine
