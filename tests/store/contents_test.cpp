#include "store/contents.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <limits>

#include <gmock/gmock.h>

#include "kernels/random.h"
#include "store/hdf5_image.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

template <class T>
std::vector<T> extremes() {
  return {std::numeric_limits<T>::lowest(), 0, 1, std::numeric_limits<T>::max()};
}

Contents every_type() {
  Contents contents("all.h5");
  contents.put_list("i8", extremes<std::int8_t>());
  contents.put_list("u8", extremes<std::uint8_t>(), true);
  contents.put_list("i16", extremes<std::int16_t>());
  contents.put_list("i32", extremes<std::int32_t>());
  contents.put_list("u32", extremes<std::uint32_t>());
  contents.put_list("i64", extremes<std::int64_t>());
  contents.put_list("u64", extremes<std::uint64_t>());
  contents.put_list("f32", extremes<float>(), true);
  contents.put_list("f64", extremes<double>());
  contents.put_list("texts", std::vector<std::string>{"", "a", "\xc3\xa9t\xc3\xa9"});
  contents.put("deep/er/matrix", {.shape = {2, 3}, .values = std::vector<float>(6, 0.5F)});
  contents.put_list("empty", std::vector<double>());
  contents.put_list("no_texts", std::vector<std::string>());
  contents.put_scalar("@file", std::string("attribute"));
  contents.put_scalar("alone@number", std::int32_t{-7});
  contents.put_list("deep/er/matrix@names", std::vector<std::string>{"x", "yy"});
  contents.put_scalar("text", std::string(100000, 'z'));
  return contents;
}

TEST(Contents, EveryTypeComesBack) {
  const auto contents = every_type();
  EXPECT_EQ(hdf5_contents(hdf5_image(contents), "all.h5").arrays(), contents.arrays());
}

TEST(Contents, EqualContentsGiveEqualBytes) {
  // What earlier writes leave in memory must not show.
  const auto first = hdf5_image(every_type());
  Contents other("other");
  other.put_list("noise", std::vector<std::uint32_t>(100000, 0xdeadbeef), true);
  hdf5_image(other);
  EXPECT_EQ(hdf5_image(every_type()), first);
}

// Seconds since 1970, as HDF5 stores them.
TEST(Contents, NoTimeIsInside) {
  const auto now = static_cast<std::uint32_t>(std::time(nullptr));
  const auto image = hdf5_image(every_type());
  for (std::uint32_t time = now - 2; time <= now + 2; ++time) {
    std::array<std::byte, 4> stored{};
    for (unsigned i = 0; i < 4; ++i) stored[i] = static_cast<std::byte>(time >> (8 * i) & 0xff);
    EXPECT_EQ(std::search(image.begin(), image.end(), stored.begin(), stored.end()), image.end());
  }
}

TEST(Contents, ManyObjectsComeBack) {
  Contents contents("many");
  for (int i = 0; i < 2000; ++i)
    contents.put_scalar("group/" + std::to_string(i) + "/value", std::int32_t{i});
  EXPECT_EQ(hdf5_contents(hdf5_image(contents), "many").arrays(), contents.arrays());
}

// Long enough for several chunks, the last one not full.
TEST(Contents, CompressedColumnsComeBack) {
  std::vector<std::uint32_t> values(200001);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = static_cast<std::uint32_t>(random_bits({.seed = 3}, i) & 0xff);
  Contents contents("columns");
  contents.put_list("column", values, true);
  const auto image = hdf5_image(contents);
  EXPECT_LT(image.size(), values.size() * 2);
  EXPECT_EQ(hdf5_contents(image, "columns").list<std::uint32_t>("column"), values);
  EXPECT_EQ(hdf5_image(contents), image);
}

TEST(Contents, OnlyWhatIsWantedIsRead) {
  const auto read = hdf5_contents(hdf5_image(every_type()), "all.h5",
                                  [](std::string_view path) { return path.starts_with("deep"); });
  EXPECT_TRUE(read.has("deep/er/matrix@names"));
  EXPECT_TRUE(read.has("@file"));
  EXPECT_FALSE(read.has("i8"));
  EXPECT_FALSE(read.has("alone@number"));
}

TEST(Contents, MessagesNameFileAndPath) {
  const auto contents = every_type();
  EXPECT_EQ(error_of([&] { contents.list<float>("f64"); }),
            "all.h5: f64 must be a list of float32, got float64 [4]");
  EXPECT_EQ(error_of([&] { contents.scalar<float>("deep/er/matrix"); }),
            "all.h5: deep/er/matrix must be one float32, got float32 [2, 3]");
  EXPECT_EQ(error_of([&] { contents.at("absent"); }), "all.h5: absent is missing");
}

TEST(Contents, ListsChildren) {
  Contents contents("children");
  contents.put_scalar("a/b", 1);
  contents.put_scalar("a/b@x", 1);
  contents.put_scalar("a/b.c/d", 1);
  contents.put_scalar("a/e@x", 1);
  contents.put_scalar("ab/f", 1);
  EXPECT_THAT(contents.children("a"), ElementsAre("b", "b.c", "e"));
}

TEST(Contents, RefusesBadPathsAndShapes) {
  Contents contents("bad");
  const std::vector<std::string> paths = {"",      "/a", "a/", "a//b",  ".",
                                          "a/./b", "a@", "@",  "a@b@c", std::string("a\0b", 3)};
  for (const auto& path : paths)
    EXPECT_THAT(error_of([&] { contents.put_scalar(path, 1); }), StartsWith("bad: '")) << path;
  EXPECT_THAT(error_of([&] {
                contents.put("a", {.shape = {2, 2}, .values = std::vector<float>(3)});
              }),
              HasSubstr("a must hold 4 values, got 3"));
  contents.put_scalar("zero", std::string("a\0b", 3));
  EXPECT_THAT(error_of([&] { hdf5_image(contents); }), HasSubstr("zero byte"));
}

// 300 MiB of zeros shrink to less than a MiB: no reader should unpack that.
TEST(Contents, WhatShrinksTooMuchIsRefused) {
  Contents contents("bomb");
  contents.put_list("zeros", std::vector<std::uint8_t>(300 << 20), true);
  EXPECT_THAT(error_of([&] { hdf5_image(contents); }), HasSubstr("no reader would accept"));
}

// Ten million texts of one letter are small on disk, but not in memory.
TEST(Contents, ManyShortTextsCountAsInMemory) {
  Contents contents("bomb");
  contents.put_list("letters", std::vector<std::string>(10'000'000, "x"), true);
  EXPECT_THAT(error_of([&] { hdf5_image(contents); }), HasSubstr("no reader would accept"));
}

TEST(Contents, WhatIsNoHdf5IsRefused) {
  const std::vector<std::byte> zeros(5000);
  EXPECT_THAT(error_of([&] { hdf5_contents(zeros, "zeros.h5"); }),
              AllOf(HasSubstr("zeros.h5: HDF5 cannot open the file"), HasSubstr("signature")));
  EXPECT_THAT(error_of([&] { hdf5_contents({}, "none.h5"); }), HasSubstr("none.h5"));
}

}  // namespace
}  // namespace citrine::testing
