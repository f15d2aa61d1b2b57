#include "data/dataset.h"

#include <fstream>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/error.h"
#include "shared_data.h"

namespace citrine {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

std::vector<int> histogram(const ImageSet& set) {
  std::vector<int> counts(static_cast<std::size_t>(set.classes));
  for (const auto label : set.labels) ++counts.at(label);
  return counts;
}

TEST(LoadDataset, ReadsCifarFileAsBothParts) {
  CITRINE_SHARED_DATA(path, "cifar10-lossless/test_first1000.bin");
  const Dataset dataset = load_dataset(path.string());
  EXPECT_EQ(dataset.name, "cifar10");
  EXPECT_EQ(dataset.train.count(), 1000);
  EXPECT_EQ(dataset.train.pixels, dataset.test.pixels);
  // The first ten test labels as published.
  EXPECT_EQ(
      std::vector<std::uint8_t>(dataset.test.labels.begin(), dataset.test.labels.begin() + 10),
      (std::vector<std::uint8_t>{3, 8, 8, 0, 6, 6, 1, 6, 3, 1}));
}

TEST(LoadDataset, ReadsCifarFolder) {
  CITRINE_SHARED_DATA(path, "cifar-10-batches-bin");
  const Dataset dataset = load_dataset(path.string());
  EXPECT_THAT(histogram(dataset.train), Each(5000));
  EXPECT_THAT(histogram(dataset.test), Each(1000));
}

TEST(LoadDataset, ReadsFashionMnist) {
  const std::filesystem::path folder = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "package dataset-fashion-mnist is absent";
  const Dataset dataset = load_dataset(folder.string());
  EXPECT_THAT(histogram(dataset.train), Each(6000));
  EXPECT_THAT(histogram(dataset.test), Each(1000));
  const auto& pixels = dataset.train.pixels;
  const double mean =
      std::accumulate(pixels.begin(), pixels.end(), 0.0) / static_cast<double>(pixels.size()) / 255;
  EXPECT_NEAR(mean, dataset.mean[0], 1e-4);
}

TEST(LoadDataset, LimitShortensBothParts) {
  CITRINE_SHARED_DATA(path, "cifar10-lossless/test_first1000.bin");
  const Dataset dataset = load_dataset(path.string(), {.limit = 3});
  EXPECT_EQ(dataset.test.count(), 3);
  EXPECT_EQ(dataset.test.pixels.size(), 3U * 3072U);
}

TEST(LoadDataset, NamesTheNearestName) {
  EXPECT_THAT([] { load_dataset("cifar1"); }, ThrowsMessage<Error>(HasSubstr("cifar10")));
  EXPECT_THAT([] { load_dataset("no/such/folder"); },
              ThrowsMessage<Error>(HasSubstr("no/such/folder")));
}

TEST(LoadDataset, NamesATruncatedFile) {
  const auto folder = std::filesystem::path(::testing::TempDir()) / "citrine_truncated_cifar";
  std::filesystem::create_directories(folder);
  std::ofstream(folder / "data_batch_1.bin") << std::string(3072, '\0');
  EXPECT_THAT([&] { load_dataset(folder.string()); },
              ThrowsMessage<Error>(HasSubstr("data_batch_1.bin")));
  std::filesystem::remove_all(folder);
}

TEST(Select, KeepsOrderAndRefusesAnIndexOutside) {
  ImageSet set{.shape = {1, 1, 1},
               .classes = 3,
               .pixels = {9, 8, 7},
               .labels = {0, 1, 2},
               .groups = {4, 5, 6}};
  const std::vector<std::uint32_t> order{2, 0}, outside{3};
  EXPECT_EQ(select(set, order).pixels, (std::vector<std::uint8_t>{7, 9}));
  EXPECT_EQ(select(set, order).groups, (std::vector<std::uint32_t>{6, 4}));
  EXPECT_THROW(select(set, outside), Error);
}

TEST(Normalize, IsPerChannel) {
  Dataset dataset;
  dataset.mean = {0.5F, 0.0F};
  dataset.deviation = {0.5F, 2.0F};
  const std::vector<std::uint8_t> pixels{255, 255};
  std::vector<float> out(2);
  normalize(dataset, pixels, out);
  EXPECT_EQ(out, (std::vector<float>{1.0F, 0.5F}));
}

}  // namespace
}  // namespace citrine
