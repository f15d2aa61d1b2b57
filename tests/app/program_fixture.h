#pragma once
// Tests of the program that share a folder, which is filled once and in which files have names of
// their own.
#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program.h"

namespace citrine::testing {

using Words = std::vector<std::string>;

inline Words operator+(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

class ProgramTest : public ::testing::Test {
 protected:
  static void TearDownTestSuite() { shared.reset(); }
  // Standard output.
  static std::string succeed(const Words& words) {
    const auto finished = run(shared->path(), words);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }
  // The error's one line.
  static std::string fail(const Words& words, int status = 1) {
    const auto finished = run(shared->path(), words);
    EXPECT_EQ(finished.status, status) << finished.err;
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
    EXPECT_EQ(finished.out, "");
    return finished.err;
  }
  static void expect_refused(const Words& words, const std::string& says, int status = 1) {
    EXPECT_THAT(fail(words, status), ::testing::HasSubstr(says));
  }
  // net.h5, and i.h5 quantized from it.
  static void make_networks() {
    succeed({"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "net.h5"});
    succeed({"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--out", "i.h5"});
  }

  inline static std::unique_ptr<WorkFolder> shared;
  const WorkFolder& folder = *shared;
};

}  // namespace citrine::testing
