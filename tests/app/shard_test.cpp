// Campaigns in shards: merged, they are the file of one process, byte for byte.
#include <signal.h>

#include <cstdlib>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program_fixture.h"
#include "store/files.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class ShardTest : public ProgramTest {
 protected:
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    make_integer_network(*shared);
  }
  // Merges `count` shards, the last one first, and compares.
  void expect_merged(const std::string& name, const Words& inject, int count) const {
    Words merge = {"merge", "--out", "merged.h5", "--overwrite"};
    for (int i = count; i > 0; --i) {
      const auto file = name + std::to_string(i) + "of" + std::to_string(count) + ".h5";
      const auto place = std::to_string(i) + "/" + std::to_string(count);
      EXPECT_EQ(succeed(inject + Words{"--out", file, "--shard", place}) == "", count > 1);
      merge.push_back(file);
    }
    EXPECT_EQ(succeed(merge), table) << name << count;
    EXPECT_TRUE(read_bytes(folder / "merged.h5") == read_bytes(folder / (name + ".h5")))
        << name << count;
  }
  void check(const std::string& name, const Words& how, std::initializer_list<int> counts) {
    const auto inject = kInject + how;
    table = succeed(inject + Words{"--out", name + ".h5"});
    for (const int count : counts) expect_merged(name, inject, count);
  }

  const Words kInject = {"inject", "i.h5", "--data", "images.bin", "--images", "4"};
  std::string table;
};

// 31 trials of each of 7 sites and 2 x 2 x 3 points; of 5 shards one has 2 points.
TEST_F(ShardTest, MergedAreTheCampaign) {
  check("bits", {"--trials", "31", "--rates", "1e-4,1e-3", "--curve-seeds", "3"}, {1, 2, 3, 5});
  EXPECT_EQ(read_campaign(folder / "bits2of5.h5").result.rows.size(), 7U * 6);
  EXPECT_EQ(read_campaign(folder / "bits5of5.h5").result.rows.size(), 7U * 7);
  EXPECT_EQ(read_campaign(folder / "bits5of5.h5").result.curve.size(), 2U);
  EXPECT_EQ(read_origin(folder / "bits5of5.h5").record.at("shard"), "5/5");
}

// The pilot ends in the first of 2 shards, and in the second of 3 and of 5.
TEST_F(ShardTest, MergedAreTheCampaignAfterAPilot) {
  check("strata",
        {"--trials", "250", "--sampling", "stratified", "--pilot", "100", "--sites",
         "product,output_register"},
        {2, 3, 5});
}

TEST_F(ShardTest, MergedAreTheCampaignOfFewTrials) {
  check("few", {"--trials", "2", "--sites", "product", "--rates", "1e-3", "--curve-seeds", "1"},
        {5});
}

TEST_F(ShardTest, MergedAreAllCounts) {
  check("exact", {"--exhaustive", "--sites", "output_register,bias_memory"}, {1, 3, 5});
  EXPECT_EQ(read_exhaustive(folder / "exact3of3.h5").result.images(), 2U);
}

TEST_F(ShardTest, AFinishedOneIsLeftAsItIs) {
  const auto inject = kInject + Words{"--trials", "20", "--shard", "1/2", "--out", "done.h5"};
  succeed(inject);
  const auto time = fs::last_write_time(folder / "done.h5");
  succeed(inject);
  EXPECT_EQ(fs::last_write_time(folder / "done.h5"), time);
  EXPECT_FALSE(fs::exists(folder / "done.h5.partial"));
  for (const Words& other : {Words{"--shard", "2/2"}, {"--shard", "1/2", "--seed", "1"}})
    EXPECT_THAT(fail(kInject + Words{"--trials", "20", "--out", "done.h5"} + other),
                HasSubstr("done.h5 exists"));
}

TEST_F(ShardTest, AreRefusedWhereAllTrialsAreNeeded) {
  const auto inject = kInject + Words{"--shard", "1/2", "--out", "refused.h5"};
  for (const Words& how : {Words{"--until-width", "0.1"},
                           {"--until-failures", "3"},
                           {"--until-time", "5"},
                           {"--only", "3"},
                           {"--plan"}})
    EXPECT_THAT(fail(inject + how),
                AllOf(HasSubstr("'" + how[0].substr(2) + "'"), HasSubstr("the whole campaign")));
  for (const std::string text : {"3/2", "0/2", "x", "1.5/2"})
    EXPECT_THAT(fail(kInject + Words{"--out", "refused.h5", "--shard=" + text}),
                HasSubstr("a shard must be I/N"));
  EXPECT_FALSE(fs::exists(folder / "refused.h5"));
}

TEST_F(ShardTest, OfOtherCampaignsAreNotMerged) {
  const auto inject = kInject + Words{"--trials", "20", "--sites", "product"};
  succeed(inject + Words{"--shard", "1/3", "--out", "a.h5"});
  succeed(inject + Words{"--shard", "2/3", "--out", "b.h5", "--seed", "7"});
  const Words merge = {"merge", "a.h5", "--out", "refused.h5"};
  EXPECT_THAT(fail(merge + Words{"b.h5"}),
              HasSubstr("b.h5 belongs to another campaign than a.h5: config/seed is 7, there 0"));
  succeed(kInject + Words{"--trials", "20", "--sites", "product,accumulator", "--shard", "3/3",
                          "--out", "c.h5"});
  EXPECT_THAT(fail({"merge", "c.h5", "a.h5", "--out", "refused.h5"}),
              HasSubstr(R"(config/sites is ["product"], there ["product","accumulator"])"));
  EXPECT_THAT(fail(merge), HasSubstr("2 of 3 shards are missing, the first is 2/3"));
  EXPECT_THAT(fail(merge + Words{"a.h5"}), HasSubstr("a.h5 and a.h5 are both shard 1/3"));
  EXPECT_THAT(fail(merge + Words{"i.h5"}), HasSubstr("'campaign', got 'integer network'"));
  EXPECT_THAT(fail({"merge", "i.h5", "--out", "a.h5"}), HasSubstr("a.h5 exists"));
  EXPECT_FALSE(fs::exists(folder / "refused.h5"));
}

TEST_F(ShardTest, AreNotReplacedByTheirMerger) {
  const auto inject = kInject + Words{"--trials", "20", "--sites", "product"};
  for (const std::string shard : {"1", "2"})
    succeed(inject + Words{"--shard", shard + "/2", "--out", "part" + shard + ".h5"});
  const auto bytes = read_bytes(folder / "part2.h5");
  EXPECT_THAT(fail({"merge", "part1.h5", "part2.h5", "--overwrite", "--out", "./part2.h5"}),
              HasSubstr("part2.h5 lies where the result would be written"));
  EXPECT_TRUE(read_bytes(folder / "part2.h5") == bytes);
}

// A cluster that runs each job when it is submitted.
constexpr char kBatch[] = R"(#!/bin/bash
while [[ $1 == --* ]]; do
  case $1 in
    --array=1-*) last=${1#--array=1-} ;;
    --export=ALL,*) export "${1#--export=ALL,}" ;;
  esac
  shift
done
export SLURM_ARRAY_JOB_ID=7
for ((i = 1; i <= ${last:-1}; i++)); do SLURM_ARRAY_TASK_ID=$i "$@" >&2 || exit 1; done
echo 7
)";

TEST_F(ShardTest, AreMergedOnACluster) {
  const Words how = {"--data", "images.bin", "--images", "4", "--trials", "30"};
  succeed(Words{"inject", "i.h5", "--out", "one.h5"} + how);
  fs::create_directory(folder / "bin");
  std::ofstream(folder / "bin/sbatch") << kBatch;
  fs::permissions(folder / "bin/sbatch", fs::perms::owner_all);
  std::string command = "cd " + folder.path().string() +
                        " && PATH=$PWD/bin:$PATH CITRINE=" + CITRINE_PROGRAM + " " +
                        CITRINE_SOURCE_DIR + "/scripts/slurm/inject.sbatch 3 many.h5 i.h5";
  for (const auto& word : how) command += " " + word;
  EXPECT_EQ(std::system((command + " >cluster.txt 2>&1").c_str()), 0)
      << read_bytes(folder / "cluster.txt");
  EXPECT_TRUE(read_bytes(folder / "many.h5") == read_bytes(folder / "one.h5"));
  EXPECT_FALSE(fs::exists(folder / "many.h5.shard-1-of-3"));
}

// Held where some images are done: no shard yet, and not another's to count.
TEST_F(ShardTest, UnfinishedCountsAreHeldAndNotMerged) {
  const Words inject = {"inject", "i.h5",    "--data",  "images.bin", "--images",    "90",
                        "--out",  "slow.h5", "--shard", "1/2",        "--exhaustive"};
  Program program(folder.path(), inject + Words{"--log-level", "debug"});
  ASSERT_TRUE(program.wait_for("counted image 1"));
  program.send(SIGSTOP);
  EXPECT_THAT(fail(inject), HasSubstr("slow.h5 is in use by process"));
  for (const std::string file : {"slow.h5", "slow.h5.partial"})
    EXPECT_THAT(fail({"merge", file, "--out", "refused.h5"}), HasSubstr(file + " is not finished"));
}

}  // namespace
}  // namespace citrine::testing
