#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/catalog.h"
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

// Records of one class each, as a batch file of the right size.
std::string batch(std::size_t images, int classes) {
  std::string text(images * 3073, '\x20');
  for (std::size_t i = 0; i < images; ++i)
    text[i * 3073] = static_cast<char>(i % static_cast<std::size_t>(classes));
  return text;
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

TEST(Check, NamesEachBrokenBatch) {
  const ScratchFolder folder;
  for (const char* name :
       {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin"})
    folder.write(name, batch(10000, 9));
  folder.write("data_batch_4.bin", batch(9999, 9));
  folder.write("test_batch.bin", batch(10000, 9));
  const auto files = check_dataset(folder.path().string());
  ASSERT_EQ(files.size(), 6U);
  EXPECT_EQ(files[0].problem, "");
  EXPECT_THAT(files[3].problem, HasSubstr("must hold 10000 images, but has 9999"));
  EXPECT_THAT(files[4].problem, HasSubstr("a file must be here"));
  EXPECT_THAT(files[5].problem, HasSubstr("may be a training batch"));
}

TEST(Check, NamesExchangedFashionFiles) {
  const ScratchFolder folder;
  folder.write("train-images-idx3-ubyte", idx_labels(60000));
  folder.write("train-labels-idx1-ubyte", idx_labels(10000));
  folder.write("t10k-labels-idx1-ubyte", idx_labels(10000));
  const auto files = check_dataset(folder.path().string());
  ASSERT_EQ(files.size(), 4U);
  EXPECT_THAT(files[0].problem, HasSubstr("holds labels"));
  EXPECT_THAT(files[1].problem, HasSubstr("must hold 60000 labels, but holds 10000"));
  EXPECT_THAT(files[2].problem, HasSubstr("a file must be here"));
  EXPECT_EQ(files[3].problem, "");
}

TEST(Locate, FindsADataSetByNameUnderTheVariable) {
  const ScratchFolder folder;
  folder.write("cifar-10-batches-bin/data_batch_1.bin", batch(1, 1));
  const char* before = std::getenv("CITRINE_DATA");
  const std::string kept = before == nullptr ? "" : before;
  setenv("CITRINE_DATA", folder.path().c_str(), 1);
  EXPECT_THAT([] { load_dataset("cifar10"); },
              ThrowsMessage<Error>(
                  HasSubstr((folder.path() / "cifar-10-batches-bin/data_batch_1.bin").string())));
  setenv("CITRINE_DATA", kept.c_str(), 1);
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
