#include <zlib.h>

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/catalog.h"
#include "data/checksum.h"
#include "data/dataset.h"
#include "data/file_bytes.h"
#include "kernels/error.h"
#include "kernels/random.h"
#include "scratch_folder.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using testing::ScratchFolder;
using ::testing::ThrowsMessage;

std::string idx_labels(unsigned count) {
  std::string text{'\0',
                   '\0',
                   '\x08',
                   '\x01',
                   '\0',
                   '\0',
                   static_cast<char>(count >> 8),
                   static_cast<char>(count)};
  return text + std::string(count, '\x03');
}

std::string gzip(const ScratchFolder& folder, const std::string& text) {
  const auto path = folder.path() / "packed";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, text.data(), static_cast<unsigned>(text.size()));
  gzclose(file);
  return folder.read("packed");
}

using Counts = std::array<int, 10>;

// Published numbers of images of each class.
constexpr std::array<Counts, 6> kCounts = {
    {{1005, 974, 1032, 1016, 999, 937, 1030, 1001, 1025, 981},
     {984, 1007, 1010, 995, 1010, 988, 1008, 1026, 987, 985},
     {994, 1042, 965, 997, 990, 1029, 978, 1015, 961, 1029},
     {1003, 963, 1041, 976, 1004, 1021, 1004, 981, 1024, 983},
     {1014, 1014, 952, 1016, 997, 1025, 980, 977, 1003, 1022},
     {1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000, 1000}}};

// A batch file with so many images of each class.
std::string batch(const Counts& counts) {
  std::string text;
  for (std::size_t label = 0; label < counts.size(); ++label)
    for (int i = 0; i < counts[label]; ++i) (text += static_cast<char>(label)).append(3072, '\x20');
  return text;
}

const std::vector<std::string> kBatches = {"data_batch_1.bin", "data_batch_2.bin",
                                           "data_batch_3.bin", "data_batch_4.bin",
                                           "data_batch_5.bin", "test_batch.bin"};

std::string load_failure(const std::filesystem::path& path) {
  try {
    load_dataset(path.string());
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

TEST(FileBytes, ReadsPlainAndGzip) {
  const ScratchFolder folder;
  const std::string text(100000, 'q');
  folder.write("plain", text);
  folder.write("zipped", gzip(folder, text));
  for (const std::string name : {"plain", "zipped"})
    EXPECT_EQ(file_bytes(folder.path() / name, 100000),
              std::vector<std::uint8_t>(text.begin(), text.end()));
  EXPECT_THROW(file_bytes(folder.path() / "zipped", 99999), Error);
  EXPECT_THROW(file_bytes(folder.path() / "none", 10), Error);
  EXPECT_THROW(file_bytes(folder.path(), 10), Error);
}

TEST(FileBytes, AnyCutOrChangedGzipIsAnErrorOrTheSame) {
  const ScratchFolder folder;
  std::string text;
  for (std::uint64_t i = 0; i < 500; ++i) text += static_cast<char>(uniform_below({1, 1}, i, 64));
  const std::string packed = gzip(folder, text);
  const std::vector<std::uint8_t> expected(text.begin(), text.end());
  for (std::size_t size = 10; size < packed.size(); ++size) {
    folder.write("cut", packed.substr(0, size));
    EXPECT_THROW(file_bytes(folder.path() / "cut", 1000), Error) << size;
  }
  std::size_t errors = 0;
  for (std::size_t i = 10; i < packed.size(); ++i) {
    std::string changed = packed;
    changed[i] = static_cast<char>(changed[i] ^ 4);
    folder.write("changed", changed);
    // The last byte of the code is padded with bits that mean nothing.
    try {
      EXPECT_EQ(file_bytes(folder.path() / "changed", 1000), expected) << i;
    } catch (const Error&) {
      ++errors;
    }
  }
  EXPECT_GE(errors + 1, packed.size() - 10);
}

TEST(Check, WholeBatchesHaveNoProblem) {
  const ScratchFolder folder;
  for (std::size_t i = 0; i < kBatches.size(); ++i) folder.write(kBatches[i], batch(kCounts[i]));
  for (const auto& file : check_dataset(folder.path().string()))
    EXPECT_EQ(file.problem, "") << file.path;
  EXPECT_EQ(load_failure(folder.path()), "");
}

TEST(Check, NamesEachBrokenBatch) {
  const ScratchFolder folder;
  auto changed = batch(kCounts[2]);
  changed[0] = 1;
  folder.write("data_batch_1.bin", batch(kCounts[0]));
  folder.write("data_batch_2.bin", batch(kCounts[0]));
  folder.write("data_batch_3.bin", changed);
  folder.write("data_batch_4.bin", batch(kCounts[3]).substr(3073));
  folder.write("test_batch.bin", batch(kCounts[4]));
  const auto files = check_dataset(folder.path().string());
  ASSERT_EQ(files.size(), 6U);
  EXPECT_EQ(files[0].problem, "");
  EXPECT_EQ(files[1].problem,
            "must hold 984 images of class 0, but holds 1005; it is data_batch_1.bin");
  EXPECT_EQ(files[2].problem, "must hold 994 images of class 0, but holds 993");
  EXPECT_EQ(files[3].problem, "must have 30730000 bytes, but has 30726927");
  EXPECT_EQ(files[4].problem, "a file of 30730000 bytes must be here");
  EXPECT_THAT(files[5].problem, HasSubstr("it is data_batch_5.bin"));
  EXPECT_THAT(load_failure(folder.path()), HasSubstr("data_batch_2.bin: must hold 984"));
}

constexpr char kTrainImages[] = "train-images-idx3-ubyte",
               kTrainLabels[] = "train-labels-idx1-ubyte", kTestImages[] = "t10k-images-idx3-ubyte",
               kTestLabels[] = "t10k-labels-idx1-ubyte";

TEST(Check, NamesExchangedFashionFiles) {
  const ScratchFolder folder;
  folder.write(kTrainImages, idx_labels(60000));
  folder.write(kTrainLabels, idx_labels(10000));
  folder.write(kTestLabels, idx_labels(10000));
  const auto files = check_dataset(folder.path().string());
  ASSERT_EQ(files.size(), 4U);
  EXPECT_THAT(files[0].problem, HasSubstr("holds labels"));
  EXPECT_THAT(files[0].problem, HasSubstr("has 47040016 bytes and checksum sha256:c59f468a"));
  EXPECT_THAT(files[1].problem, HasSubstr("must hold 60000 labels, but holds 10000 labels"));
  EXPECT_THAT(files[2].problem, HasSubstr("a file must be here"));
  EXPECT_THAT(files[2].problem, HasSubstr("has 7840016 bytes"));
  EXPECT_THAT(
      files[3].problem,
      HasSubstr("has checksum " + checksum(file_bytes(folder.path() / kTestLabels, 1 << 20))));
}

// Each file of the package where each other one belongs.
TEST(Check, NamesSwappedFashionFiles) {
  const std::filesystem::path source = "/usr/share/datasets/fashion-mnist";
  if (!std::filesystem::exists(source)) GTEST_SKIP() << "package dataset-fashion-mnist is absent";
  const std::vector<std::string> names{kTrainImages, kTrainLabels, kTestImages, kTestLabels};
  for (std::size_t shift = 0; shift < names.size(); ++shift) {
    const ScratchFolder folder;
    for (std::size_t i = 0; i < names.size(); ++i)
      std::filesystem::create_symlink(source / (names[(i + shift) % names.size()] + ".gz"),
                                      folder.path() / (names[i] + ".gz"));
    for (const auto& file : check_dataset(folder.path().string()))
      EXPECT_EQ(file.problem.empty(), shift == 0) << file.path;
  }
}

// CITRINE_DATA while it lives; set to nothing, it counts as unset.
class DataVariable {
 public:
  explicit DataVariable(const std::string& value) {
    const char* before = std::getenv("CITRINE_DATA");
    kept_ = before == nullptr ? "" : before;
    setenv("CITRINE_DATA", value.c_str(), 1);
  }
  ~DataVariable() { setenv("CITRINE_DATA", kept_.c_str(), 1); }
  DataVariable(const DataVariable&) = delete;
  DataVariable& operator=(const DataVariable&) = delete;

 private:
  std::string kept_;
};

TEST(Locate, FindsADataSetByNameUnderTheVariable) {
  const ScratchFolder folder;
  folder.write("cifar-10-batches-bin/data_batch_1.bin", std::string(3073, 0));
  const DataVariable variable(folder.path());
  EXPECT_THAT([] { load_dataset("cifar10"); },
              ThrowsMessage<Error>(
                  HasSubstr((folder.path() / "cifar-10-batches-bin/data_batch_1.bin").string())));
}

// No system takes so long a name; the data set may or may not be in another folder.
TEST(Locate, PassesOverAFolderThatCannotBeLookedInto) {
  const DataVariable variable(std::string(100000, 'x'));
  try {
    check_dataset("gtsrb");
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("must be in one of the search folders"));
  }
}

TEST(Locate, SaysWhatAFolderOrFileMustHold) {
  const ScratchFolder folder;
  folder.write("file", "text");
  EXPECT_THAT([&] { load_dataset(folder.path().string()); },
              ThrowsMessage<Error>(HasSubstr("must hold CIFAR-10")));
  EXPECT_THAT([&] { load_dataset((folder.path() / "file").string()); },
              ThrowsMessage<Error>(HasSubstr("3073 bytes")));
}

}  // namespace
}  // namespace citrine
