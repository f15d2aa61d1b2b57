// Campaigns of several ranks under mpirun: the file of one process, byte for byte.
#include <stdlib.h>

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program.h"
#include "store/files.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Words = std::vector<std::string>;

class RanksTest : public ::testing::Test {
 protected:
  // Open MPI refuses root, and more ranks than processors, unless told.
  RanksTest() {
    for (const auto* name : {"OMPI_ALLOW_RUN_AS_ROOT", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM",
                             "OMPI_MCA_rmaps_base_oversubscribe"})
      setenv(name, "1", 1);
    make_integer_network(folder);
  }
  Finished run_ranks(int ranks, const Words& words) const {
    return run(folder.path(), words,
               {.standard_output = {},
                .largest_file = {},
                .launcher = {CITRINE_MPIEXEC, "-n", std::to_string(ranks)}});
  }
  std::string succeed(int ranks, const Words& words) const {
    const auto finished = ranks == 1 ? run(folder.path(), words) : run_ranks(ranks, words);
    EXPECT_EQ(finished.status, 0) << finished.err;
    return finished.out;
  }
  static Words inject(Words how) {
    how.insert(how.begin(), {"inject", "i.h5", "--data", "images.bin", "--images", "4"});
    return how;
  }
  void expect_same(const Words& how) const {
    auto words = inject(how);
    words.insert(words.end(), {"--overwrite", "--out", "one.h5"});
    const auto table = succeed(1, words);
    words.back() = "many.h5";
    for (const int ranks : {1, 2, 3}) {
      const auto finished = run_ranks(ranks, words);
      EXPECT_EQ(finished.status, 0) << finished.err;
      EXPECT_EQ(finished.out, table);
      EXPECT_TRUE(read_bytes(folder / "many.h5") == read_bytes(folder / "one.h5")) << ranks;
      EXPECT_EQ(files(), names) << ranks;
    }
  }
  std::vector<std::string> files() const {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder.path()))
      all.push_back(entry.path().filename());
    std::ranges::sort(all);
    return all;
  }

  WorkFolder folder;
  const std::vector<std::string> names = {"i.h5",     "images.bin", "many.h5",   "one.h5",
                                          "small.h5", "small.json", "stdout.txt"};
};

TEST_F(RanksTest, WriteTheCampaignOfOne) {
  expect_same({"--trials", "40", "--rates", "1e-3", "--curve-seeds", "2"});
  expect_same({"--exhaustive", "--sites", "output_register"});
  expect_same({"--trials", "40", "--faults-per-trial", "2"});
  const WorkFolder lists;
  std::ofstream(lists / "list.csv")
      << "site,layer,element,bit\n"
         "bias_memory,1,0,3\nweight_memory,1,5,2\nbias_memory,1,1,7\n";
  expect_same({"--faults", (lists / "list.csv").string()});
}

TEST_F(RanksTest, TakeUpFinishedShards) {
  const auto words = inject({"--trials", "40", "--out", "one.h5"});
  succeed(1, words);
  auto shard = words;
  shard.back() = "many.h5.shard-2-of-3";
  shard.insert(shard.end(), {"--shard", "2/3"});
  succeed(1, shard);
  auto many = words;
  many.back() = "many.h5";
  succeed(3, many);
  EXPECT_TRUE(read_bytes(folder / "many.h5") == read_bytes(folder / "one.h5"));
  EXPECT_EQ(files(), names);
}

// As a kill leaves it between the merge and the removal of the last part.
TEST_F(RanksTest, FinishWhatWasMerged) {
  const auto words = inject({"--trials", "40", "--out", "one.h5"});
  succeed(1, words);
  fs::copy_file(folder / "one.h5", folder / "many.h5");
  auto many = words;
  many.back() = "many.h5";
  EXPECT_EQ(run_ranks(3, many).status, 1);
  auto shard = words;
  shard.back() = "many.h5.shard-1-of-3";
  shard.insert(shard.end(), {"--shard", "1/3"});
  succeed(1, shard);
  succeed(3, many);
  EXPECT_TRUE(read_bytes(folder / "many.h5") == read_bytes(folder / "one.h5"));
  EXPECT_EQ(files(), names);
}

// The parts of a campaign do not replace another one's result.
TEST_F(RanksTest, KeepAResultOfOtherOptions) {
  succeed(1, inject({"--trials", "50", "--out", "many.h5"}));
  const auto before = read_bytes(folder / "many.h5");
  succeed(1, inject({"--trials", "40", "--out", "many.h5.shard-1-of-2", "--shard", "1/2"}));
  const auto finished = run_ranks(2, inject({"--trials", "40", "--out", "many.h5"}));
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("--overwrite replaces it"));
  EXPECT_TRUE(read_bytes(folder / "many.h5") == before);
}

// The others do not wait for it.
TEST_F(RanksTest, EndWhereOneFails) {
  fs::create_directory(folder / "many.h5.shard-2-of-3");
  const auto finished = run_ranks(3, inject({"--trials", "40", "--out", "many.h5"}));
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("many.h5.shard-2-of-3"));
  EXPECT_FALSE(fs::exists(folder / "many.h5"));
  const auto refused =
      run_ranks(2, inject({"--trials", "40", "--out", "many.h5", "--shard", "1/2"}));
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("'shard' cannot be given to 2 ranks"));
}

}  // namespace
}  // namespace citrine::testing
