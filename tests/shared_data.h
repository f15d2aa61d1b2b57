#pragma once
// Finds the shared test data: real images and weights that are not part of the repository.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace citrine::testing {

// Path of a file or folder of the unpacked data ("cifar10-lossless/test_first1000.bin",
// "weights/..."), empty if absent. Looked for under CITRINE_TEST_DATA, then in ../shared/data
// beside the repository.
inline std::filesystem::path shared_data(const std::string& name) {
  const char* folder = std::getenv("CITRINE_TEST_DATA");
  const std::filesystem::path beside = std::filesystem::path(CITRINE_SOURCE_DIR) / "../shared/data";
  for (const auto& root : {std::filesystem::path(folder == nullptr ? "" : folder), beside})
    if (!root.empty() && std::filesystem::exists(root / name)) return root / name;
  return {};
}

}  // namespace citrine::testing

// Names `path` in a test, or skips the test by the name of what is missing.
#define CITRINE_SHARED_DATA(path, name)                    \
  const auto path = ::citrine::testing::shared_data(name); \
  if (path.empty()) GTEST_SKIP() << "shared data is absent: " << (name)
