// Each wrong input gives one sentence and the right exit status, and leaves no result.
#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program.h"
#include "graph/graph_json.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

struct Case {
  std::string name;
  std::vector<std::string> words;
  int status = 1;
  std::string says;  // part of the sentence
};

void write(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

// The files that the cases name, from one good network and the pictures.
void make_files(const WorkFolder& folder) {
  ASSERT_EQ(run(folder.path(), {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1",
                                "--out", "good.h5"})
                .status,
            0);
  const auto network = read_bytes(folder / "good.h5"), pictures = read_bytes(folder / "images.bin");
  write(folder / "short.h5", network.substr(0, network.size() / 2));
  auto damaged = network;
  damaged[network.size() / 2] = static_cast<char>(damaged[network.size() / 2] ^ 1);
  write(folder / "damaged.h5", damaged);
  write(folder / "empty.h5", "");
  write(folder / "short.bin", pictures.substr(0, pictures.size() - 7));
  auto swapped = pictures;
  swapped[0] = 77;
  write(folder / "label.bin", swapped);
  write(folder / "deep.json", std::string(100000, '['));
  write(folder / "text.json", "{\"nodes\": 3}");
  write(folder / "weights.safetensors", "not that");
  fs::create_directory(folder / "folder");
  write(folder / "part.json", R"({"name": "part"})");
  auto small = read_json(CITRINE_SOURCE_DIR "/src/app/accelerators/microcontroller.json");
  small["buffer"]["bytes"] = 21;
  write(folder / "small.json", small.dump());
}

const std::vector<Case> kCases = {
    {"NoCommand", {}, 2, "--help"},
    {"UnknownCommand", {"trian"}, 2, "'train'"},
    {"UnknownOption", {"evaluate", "good.h5", "--data", "images.bin", "--bach", "3"}, 2, "'batch'"},
    {"OptionOutOfRange",
     {"train", "lemonade_1", "--data", "images.bin", "--out", "o.h5", "--epochs", "0"},
     2,
     "between"},
    {"UnknownModel", {"inspect", "resnet21"}, 1, "resnet20"},
    {"MissingNetwork", {"evaluate", "none.h5", "--data", "images.bin"}, 1, "none.h5"},
    {"TruncatedNetwork", {"evaluate", "short.h5", "--data", "images.bin"}, 1, "short.h5"},
    {"DamagedNetwork", {"evaluate", "damaged.h5", "--data", "images.bin"}, 1, "damaged.h5"},
    {"EmptyNetwork", {"evaluate", "empty.h5", "--data", "images.bin"}, 1, "empty.h5"},
    {"DeepGraph", {"inspect", "deep.json"}, 1, "deep.json"},
    {"NoGraph", {"inspect", "text.json"}, 1, "text.json"},
    {"UnknownAccelerator", {"inspect", "resnet20", "--accelerator", "eyeris"}, 1, "'eyeriss'"},
    {"MissingAccelerator", {"inspect", "resnet20", "--accelerator", "none.json"}, 1, "none.json"},
    {"NoAccelerator", {"inspect", "resnet20", "--accelerator", "text.json"}, 1, "text.json"},
    {"IncompleteAccelerator", {"inspect", "resnet20", "--accelerator", "part.json"}, 1, "'source'"},
    {"SmallBuffer",
     {"inspect", "resnet20", "--accelerator", "small.json"},
     1,
     "conv1: the buffer must hold one tile, at least 22 bytes, got 21"},
    {"FolderAsNetwork", {"inspect", "./folder"}, 1, "folder"},
    {"NoWeights", {"evaluate", "lemonade_1", "--data", "images.bin"}, 1, "--weights"},
    {"WrongWeights",
     {"evaluate", "lemonade_1", "--data", "images.bin", "--weights", "weights.safetensors"},
     1,
     "weights.safetensors"},
    {"MissingData", {"evaluate", "good.h5", "--data", "none.bin"}, 1, "none.bin"},
    {"TruncatedData", {"evaluate", "good.h5", "--data", "short.bin"}, 1, "short.bin"},
    {"LabelOutOfRange", {"evaluate", "good.h5", "--data", "label.bin"}, 1, "label.bin"},
    {"FloatNetworkInjected",
     {"inject", "good.h5", "--data", "images.bin", "--out", "o.h5"},
     1,
     "quantize"},
    {"TooManyImages",
     {"quantize", "good.h5", "--data", "images.bin", "--images", "97", "--out", "o.h5"},
     1,
     "97"},
    {"NoSuchFolder",
     {"train", "lemonade_1", "--data", "images.bin", "--out", "none/o.h5"},
     1,
     "none"},
    {"ReadOnlyFolder",
     {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "/proc/o.h5"},
     1,
     "/proc"},
    {"FolderAsResult",
     {"train", "lemonade_1", "--data", "images.bin", "--out", "folder", "--overwrite"},
     1,
     "folder: a result must be a file"},
    {"FolderInAFile",
     {"train", "lemonade_1", "--data", "images.bin", "--out", "images.bin/o.h5"},
     1,
     "images.bin: "},
    {"ReportInAFile", {"report", "good.h5", "--out", "images.bin/page"}, 1, "images.bin/page: "},
    {"SearchWithoutData", {"search", "--run", "r"}, 2, "'data'"},
    {"RunIsAFile", {"search", "--data", "images.bin", "--run", "images.bin"}, 1, "images.bin"},
    {"NothingToReport", {"report", "folder", "--out", "page"}, 1, "folder"},
    {"UnknownData", {"data", "check", "cifar11"}, 1, "cifar11"},
    {"UnknownAction", {"data", "chek"}, 2, "'check'"},
    {"CheckWithoutName", {"data", "check"}, 2, "check NAME"},
    {"ListWithName", {"data", "list", "cifar10"}, 2, "takes 'list'"},
    {"InjectionWithoutFile", {"inject", "good.h5", "--data", "images.bin"}, 2, "'out' or 'only'"},
    {"ExplanationWithoutNetwork", {"explain", "good.h5", "0"}, 2, "'network'"},
    {"ExplanationOfANetwork", {"explain", "good.h5", "0", "--network", "good.h5"}, 1, "campaign"},
    {"ExplanationOfNoFile", {"explain", "none.h5", "0", "--network", "good.h5"}, 1, "none.h5"},
    {"PictureOfAnotherKind",
     {"explain", "good.h5", "0", "--network", "good.h5", "--picture", "o.h5"},
     1,
     ".svg or .png"},
    {"UnknownBackend", {"bench", "lemonade_1", "--backend", "gpu"}, 1, "gpu"},
};

TEST(BadInput, GivesOneSentenceAndNoResult) {
  const WorkFolder folder;
  make_files(folder);
  for (const auto& test : kCases) {
    const auto finished = run(folder.path(), test.words);
    EXPECT_EQ(finished.status, test.status) << test.name << ": " << finished.err;
    EXPECT_THAT(finished.err, HasSubstr(test.says)) << test.name;
    EXPECT_EQ(std::ranges::count(finished.err, '\n'), 1) << test.name << ": " << finished.err;
    EXPECT_FALSE(fs::exists(folder / "o.h5")) << test.name;
  }
}

TEST(BadInput, AFullDiskIsAFailure) {
  const WorkFolder folder;
  const auto shown = run(folder.path(), {"inspect", "lemonade_1"},
                         {.standard_output = "/dev/full", .largest_file = {}});
  EXPECT_EQ(shown.status, 1);
  EXPECT_THAT(shown.err, HasSubstr("standard output"));
  const auto trained =
      run(folder.path(),
          {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "o.h5"},
          {.standard_output = {}, .largest_file = 4096});
  EXPECT_EQ(trained.status, 1) << trained.err;
  EXPECT_THAT(trained.err, HasSubstr("o.h5"));
  EXPECT_FALSE(fs::exists(folder / "o.h5"));
}

TEST(BadInput, ACheckpointOfAnotherTrainingIsNotContinued) {
  const WorkFolder folder;
  const std::vector<std::string> train = {"train",       "lemonade_1", "--data", "images.bin",
                                          "--epochs",    "5000",       "--out",  "o.h5",
                                          "--log-level", "debug"};
  {
    Program program(folder.path(), train);
    ASSERT_TRUE(program.wait_for("epoch 2"));
  }
  auto other = train;
  other.insert(other.end(), {"--rate", "0.5"});
  const auto finished = run(folder.path(), other);
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("rate is 0.5 here and 0.01 there"));
}

}  // namespace
}  // namespace citrine::testing
