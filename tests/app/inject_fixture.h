#pragma once
// Campaigns on a small network through the program.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program.h"
#include "store/files.h"

namespace citrine::testing {

class InjectTest : public ::testing::Test {
 protected:
  // One network for all tests, which write files of their own names.
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    succeed({"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "net.h5"});
    succeed({"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--out", "i.h5"});
  }
  static void TearDownTestSuite() { shared.reset(); }
  static std::string succeed(const std::vector<std::string>& words) {
    const auto finished = run(shared->path(), words);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }
  std::vector<std::string> inject(std::vector<std::string> words, const char* images = "4") const {
    words.insert(words.begin(), {"inject", "i.h5", "--data", "images.bin", "--images", images});
    return words;
  }
  // Error and exit status of a campaign that must not run.
  void expect_refused(std::vector<std::string> words, int status, const char* says) const {
    words.insert(words.end(), {"--out", "refused.h5"});
    const auto finished = run(folder.path(), inject(std::move(words)));
    EXPECT_EQ(finished.status, status) << finished.err;
    EXPECT_THAT(finished.err, ::testing::HasSubstr(says));
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << finished.err;
    EXPECT_FALSE(std::filesystem::exists(folder / "refused.h5"));
  }

  static std::vector<std::string> with(std::vector<std::string> words,
                                       const std::vector<std::string>& more) {
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  // A fully connected one of 10 outputs.
  std::string last_layer() const {
    return read_integer_network(folder / "i.h5").network.layers.back().name;
  }

  inline static std::unique_ptr<WorkFolder> shared;
  const WorkFolder& folder = *shared;
};

}  // namespace citrine::testing
