#pragma once
// A folder for a test's files, and small files of every kind.
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "samples.h"
#include "store/contents_file.h"
#include "store/files.h"

namespace citrine::testing {

// Made empty, removed with everything in it.
class StoreTest : public ::testing::Test {
 protected:
  StoreTest() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    auto name = std::string(test->test_suite_name()) + "." + test->name() + "." +
                std::to_string(::getpid());
    for (auto& letter : name) letter = letter == '/' ? '_' : letter;
    folder_ = std::filesystem::path(::testing::TempDir()) / name;
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
  }
  ~StoreTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }
  std::filesystem::path path(const std::string& name) const { return folder_ / name; }
  const std::filesystem::path& folder() const { return folder_; }
  std::vector<std::string> names() const;

 private:
  std::filesystem::path folder_;
};

// Message of the Error that `action` throws; empty, and a failed test, if it throws none.
std::string error_of(const std::function<void()>& action);

// One kind of file, without its type: for what holds for all of them.
struct Kind {
  Schema schema;
  std::function<Contents()> contents;             // of the sample
  std::function<void(const Contents&)> read;      // Error if it does not hold
  std::function<Contents(const Contents&)> copy;  // read and written again
};
std::vector<Kind> kinds();
void PrintTo(const Kind& kind, std::ostream* out);  // NOLINT(readability-identifier-naming)

}  // namespace citrine::testing
