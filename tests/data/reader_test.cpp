#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/cifar.h"
#include "data/idx.h"
#include "kernels/error.h"
#include "kernels/random.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using Bytes = std::vector<std::uint8_t>;

TEST(Cifar, PlanesBecomeInterleaved) {
  Bytes record(3073);
  record[0] = 7;
  record[1] = 10, record[1 + 1024] = 20, record[1 + 2048] = 30;
  record[1024] = 11, record[2048] = 21, record[3072] = 31;
  const ImageSet set = parse_cifar(record, "a.bin");
  EXPECT_EQ(set.labels, Bytes{7});
  EXPECT_EQ(Bytes(set.pixels.begin(), set.pixels.begin() + 3), (Bytes{10, 20, 30}));
  EXPECT_EQ(Bytes(set.pixels.end() - 3, set.pixels.end()), (Bytes{11, 21, 31}));
}

TEST(Cifar, RefusesWrongSizeAndLabel) {
  EXPECT_THAT([] { parse_cifar(Bytes(3072), "a.bin"); },
              ThrowsMessage<Error>(HasSubstr("a.bin: must hold")));
  EXPECT_THROW(parse_cifar(Bytes{}, "a.bin"), Error);
  Bytes two(2 * 3073);
  two[3073] = 10;
  EXPECT_THAT([&] { parse_cifar(two, "a.bin"); },
              ThrowsMessage<Error>(HasSubstr("image 1 has 10")));
}

const Bytes kLabels{0, 0, 8, 1, 0, 0, 0, 3, 4, 5, 6};

TEST(Idx, ReadsLabels) {
  const IdxArray array = parse_idx(kLabels, 1, "l");
  EXPECT_EQ(array.extents, std::vector<std::uint32_t>{3});
  EXPECT_EQ(Bytes(array.values.begin(), array.values.end()), (Bytes{4, 5, 6}));
}

TEST(Idx, NamesLabelsWhereImagesAreExpected) {
  Bytes labels = kLabels;
  labels.resize(20);
  EXPECT_THAT([&] { parse_idx(labels, 3, "x"); }, ThrowsMessage<Error>(HasSubstr("holds labels")));
}

TEST(Idx, RefusesHugeExtentsBeforeReading) {
  EXPECT_THROW(
      parse_idx(Bytes{0, 0, 8, 3, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255}, 3,
                "x"),
      Error);
}

TEST(Idx, AnyCutIsAnError) {
  for (std::size_t size = 0; size < kLabels.size(); ++size)
    EXPECT_THROW(
        parse_idx(Bytes(kLabels.begin(), kLabels.begin() + static_cast<std::ptrdiff_t>(size)), 1,
                  "l"),
        Error);
}

TEST(Idx, AnyChangedHeaderBitIsAnError) {
  for (std::size_t bit = 0; bit < 64; ++bit) {
    Bytes changed = kLabels;
    changed[bit / 8] = static_cast<std::uint8_t>(changed[bit / 8] ^ (1U << (bit % 8)));
    EXPECT_THROW(parse_idx(changed, 1, "l"), Error);
  }
}

}  // namespace
}  // namespace citrine
