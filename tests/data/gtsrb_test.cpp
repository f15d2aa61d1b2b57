#include "data/gtsrb.h"

#include <array>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/catalog.h"
#include "data/split.h"
#include "kernels/error.h"
#include "scratch_folder.h"
#include "shared_data.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using testing::ScratchFolder;
using ::testing::ThrowsMessage;
using Bytes = std::vector<std::uint8_t>;

const std::string kHeader = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n";

Bytes bytes(const std::string& text) { return {text.begin(), text.end()}; }

std::string ppm(int side, char value) {
  const std::string size = std::to_string(side);
  return "P6\n" + size + " " + size + "\n255\n" +
         std::string(static_cast<std::size_t>(3 * side * side), value);
}

// Two images of one track in each class and two test images.
void write_signs(const ScratchFolder& folder, const std::string& training) {
  for (int label = 0; label < kSignClasses; ++label) {
    const std::string digits = (label < 10 ? "0000" : "000") + std::to_string(label);
    const std::string row = ";8;8;1;1;7;7;" + std::to_string(label) + "\n";
    folder.write(training + digits + "/GT-" + digits + ".csv",
                 kHeader + "00000_00000.ppm" + row + "00003_00001.ppm" + row);
    folder.write(training + digits + "/00000_00000.ppm", ppm(8, static_cast<char>(label)));
    folder.write(training + digits + "/00003_00001.ppm", ppm(8, static_cast<char>(100 + label)));
  }
  folder.write("GTSRB/Final_Test/Images/00000.ppm", ppm(8, 50));
  folder.write("GTSRB/Final_Test/Images/00001.ppm", ppm(8, 60));
  folder.write("GT-final_test.csv", kHeader + "00000.ppm;8;8;0;0;8;8;5\n00001.ppm;8;8;0;0;8;8;6\n");
}

TEST(Ppm, ReadsHeaderWithCommentsAndPixels) {
  const Picture picture = parse_ppm(bytes("P6 # made by hand\n2 1\n255\nabcdef"), "a.ppm");
  EXPECT_EQ(picture.width, 2);
  EXPECT_EQ(picture.height, 1);
  EXPECT_EQ(picture.pixels, bytes("abcdef"));
}

TEST(Ppm, RefusesWhatItDoesNotHold) {
  for (const std::string text :
       {"", "P5 1 1 255 abc", "P6 1 1 255 ab", "P6 1 1 255 abcd", "P6 0 1 255 abc",
        "P6 99999 99999 255 abc", "P6 1 1 65535 abcabc", "P6 1 1 255", "P61 1 255 abc"})
    EXPECT_THAT([&] { parse_ppm(bytes(text), "a.ppm"); },
                ThrowsMessage<Error>(HasSubstr("a.ppm: ")))
        << text;
}

TEST(Ppm, AnyCutIsAnError) {
  const Bytes whole = bytes(ppm(3, 'x'));
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_THROW(parse_ppm(std::span(whole).first(size), "a.ppm"), Error);
}

TEST(SignTable, ReadsRows) {
  const auto rows = parse_gtsrb_csv(bytes(kHeader + "00001.ppm;53;54;6;5;48;49;16\r\n"), "t.csv");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].file, "00001.ppm");
  EXPECT_EQ(rows[0].width, 53);
  EXPECT_EQ(rows[0].box, (Box{6, 5, 48, 49}));
  EXPECT_EQ(rows[0].label, 16);
}

TEST(SignTable, RefusesWrongRows) {
  for (const std::string row :
       {"a.ppm;8;8;1;1;7;7;43", "a.ppm;8;8;1;1;7", "a.ppm;8;8;1;1;9;7;1", "a.ppm;8;8;7;1;7;7;1",
        "../a.ppm;8;8;1;1;7;7;1", ";8;8;1;1;7;7;1", "a.ppm;8;8;-1;1;7;7;1", "a.ppm;x;8;1;1;7;7;1"})
    EXPECT_THAT([&] { parse_gtsrb_csv(bytes(kHeader + row), "t.csv"); },
                ThrowsMessage<Error>(HasSubstr("t.csv line 2")))
        << row;
  EXPECT_THROW(parse_gtsrb_csv(bytes("Filename;Width\n"), "t.csv"), Error);
  EXPECT_THROW(parse_gtsrb_csv(bytes(kHeader), "t.csv"), Error);
}

// One row of gray values as a picture.
Picture gray(const Bytes& row, int height) {
  Picture picture{.width = static_cast<int>(row.size()), .height = height, .pixels = {}};
  for (int y = 0; y < height; ++y)
    for (const auto value : row) picture.pixels.insert(picture.pixels.end(), 3, value);
  return picture;
}

Bytes first_row(const Picture& picture, const Box& box, int size) {
  Bytes out(static_cast<std::size_t>(3 * size * size)), row;
  resize(picture, box, size, out);
  for (int x = 0; x < size; ++x) row.push_back(out[static_cast<std::size_t>(3 * x)]);
  return row;
}

TEST(Resize, TheSameSizeIsTheSamePicture) {
  EXPECT_EQ(first_row(gray({1, 50, 200, 7}, 4), {0, 0, 4, 4}, 4), (Bytes{1, 50, 200, 7}));
}

TEST(Resize, GrowsBilinearly) {
  // Centres at 0.25, 0.75, 1.25, 1.75 of two pixels with centres 0.5 and 1.5.
  EXPECT_EQ(first_row(gray({0, 100}, 2), {0, 0, 2, 2}, 4), (Bytes{0, 25, 75, 100}));
}

TEST(Resize, ShrinksWithATriangleOfTwoSteps) {
  // Step 2, centre 1: weights 3/4, 3/4, 1/4 of pixels 0, 1, 2 over 7/4.
  EXPECT_EQ(first_row(gray({70, 70, 0, 0}, 4), {0, 0, 4, 4}, 2), (Bytes{60, 10}));
}

TEST(Resize, SeesItsBoxAlone) {
  EXPECT_EQ(first_row(gray({255, 10, 20, 255}, 4), {1, 1, 3, 3}, 2), (Bytes{10, 20}));
}

TEST(Resize, KeepsAConstantAtEveryRatio) {
  for (int from = 1; from < 80; from += 3)
    for (const int to : {1, 2, 31, 32, 48})
      EXPECT_EQ(
          first_row(gray(Bytes(static_cast<std::size_t>(from), 77), from), {0, 0, from, from}, to),
          Bytes(static_cast<std::size_t>(to), 77));
}

TEST(Gtsrb, ReadsBothLayouts) {
  for (const std::string training : {"GTSRB/Final_Training/Images/", "GTSRB/Training/"}) {
    const ScratchFolder folder;
    write_signs(folder, training);
    const Dataset dataset = load_dataset(folder.path().string(), {.image_size = 4});
    EXPECT_EQ(dataset.name, "gtsrb");
    EXPECT_FALSE(dataset.may_flip);
    EXPECT_EQ(dataset.train.count(), 86);
    EXPECT_EQ(dataset.train.groups[2], 100000U);
    EXPECT_EQ(dataset.train.groups[3], 100003U);
    EXPECT_EQ(dataset.train.image(3)[0], 101);
    EXPECT_EQ(dataset.test.labels, (Bytes{5, 6}));
    EXPECT_EQ(dataset.test.image(1)[0], 60);
  }
}

TEST(Gtsrb, ALimitTakesEveryClass) {
  const ScratchFolder folder;
  write_signs(folder, "GTSRB/Training/");
  const Dataset dataset = load_dataset(folder.path().string(), {.limit = 43});
  EXPECT_EQ(std::set(dataset.train.labels.begin(), dataset.train.labels.end()).size(), 43U);
}

TEST(Gtsrb, NamesAMissingImageInLoadAndCheck) {
  const ScratchFolder folder;
  write_signs(folder, "GTSRB/Training/");
  std::filesystem::remove(folder.path() / "GTSRB/Training/00007/00003_00001.ppm");
  EXPECT_THAT([&] { load_dataset(folder.path().string()); },
              ThrowsMessage<Error>(HasSubstr("00007/00003_00001.ppm")));
  int broken = 0;
  for (const auto& file : check_dataset(folder.path().string()))
    broken += file.problem.empty() ? 0 : 1;
  EXPECT_EQ(broken, 1);
}

TEST(Gtsrb, NamesATruncatedTableAndImage) {
  const ScratchFolder folder;
  write_signs(folder, "GTSRB/Training/");
  folder.write("GTSRB/Training/00007/00003_00001.ppm", ppm(8, 'x').substr(0, 100));
  EXPECT_THAT([&] { load_dataset(folder.path().string()); },
              ThrowsMessage<Error>(HasSubstr("bytes of pixels")));
  folder.write("GTSRB/Training/00007/GT-00007.csv", kHeader + "00000_00000.ppm;8;8;1;1;7;7;7\n");
  EXPECT_THAT([&] { load_dataset(folder.path().string()); },
              ThrowsMessage<Error>(HasSubstr("truncated")));
}

TEST(Gtsrb, NamesATableOfAnotherClass) {
  const ScratchFolder folder;
  write_signs(folder, "GTSRB/Training/");
  folder.write("GTSRB/Training/00007/GT-00007.csv",
               folder.read("GTSRB/Training/00008/GT-00008.csv"));
  EXPECT_THAT([&] { load_dataset(folder.path().string()); },
              ThrowsMessage<Error>(HasSubstr("its own class")));
}

TEST(Gtsrb, ReadsPhotographs) {
  CITRINE_SHARED_DATA(path, "GTSRB");
  const Dataset dataset = load_dataset(path.string());
  EXPECT_EQ(dataset.train.count(), 4300);
  EXPECT_EQ(dataset.test.count(), 1290);
  std::array<double, 3> mean{};
  for (std::size_t i = 0; i < dataset.train.pixels.size(); ++i)
    mean.at(i % 3) += dataset.train.pixels[i] / 255.0;
  for (std::size_t c = 0; c < 3; ++c)  // the constants are of pictures that are not cropped
    EXPECT_NEAR(mean.at(c) / (4300 * 32 * 32), dataset.mean[c], 0.03);
  const Split parts = split(dataset.train, 0.2, {1, 1});
  std::set<std::uint32_t> groups;
  for (const auto index : parts.validation) groups.insert(dataset.train.groups[index]);
  for (const auto index : parts.train) ASSERT_FALSE(groups.contains(dataset.train.groups[index]));
  EXPECT_NEAR(static_cast<double>(parts.validation.size()) / 4300, 0.2, 0.03);
}

}  // namespace
}  // namespace citrine
