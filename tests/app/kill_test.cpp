// Killed at any instant and started again, every command gives the files of an unbroken run, byte
// for byte.
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <map>

#include <gtest/gtest.h>

#include "app/program.h"
#include "kernels/random.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

// Kills of each command; CITRINE_KILLS sets it for long runs.
int kills() {
  const char* text = std::getenv("CITRINE_KILLS");
  return text == nullptr ? 3 : std::atoi(text);
}

struct Job {
  std::string name;
  std::vector<std::string> words;
  std::vector<std::string> needs;    // files to start from
  std::vector<std::string> results;  // files and folders that must be equal
  std::string leftover;              // what the first result grows in; empty: the results
};

std::map<std::string, std::string> results_of(const Job& job, const fs::path& folder) {
  std::map<std::string, std::string> bytes;
  for (const auto& result : job.results) {
    if (!fs::is_directory(folder / result)) bytes[result] = read_bytes(folder / result);
    if (fs::is_directory(folder / result))
      for (const auto& entry : fs::directory_iterator(folder / result))
        bytes[fs::relative(entry, folder).string()] = read_bytes(entry);
  }
  return bytes;
}

// The job in `folder`, killed and continued until `budget` kills are spent or it ends by itself.
// `longest` moves towards what a whole run takes, which other programs lengthen now and then.
void run_broken(const Job& job, const fs::path& folder, std::chrono::microseconds& longest, Key key,
                int& budget) {
  const auto limit = static_cast<std::uint64_t>(longest.count());
  for (int attempt = 0; attempt < 3 && budget > 0; ++attempt) {
    const std::chrono::microseconds delay(
        uniform_below(key, static_cast<std::uint64_t>(attempt), limit));
    Program program(folder, job.words);
    const auto finished = program.kill_after(delay);
    if (finished.signal == 0) {
      if (attempt == 0) longest = (longest + delay) / 2;
      break;
    }
    --budget;
  }
  // A whole result without its leftover is that of a finished run, which is not overwritten.
  const bool is_done = !job.leftover.empty() && fs::exists(folder / job.results.front()) &&
                       !fs::exists(folder / job.leftover);
  const auto finished = run(folder, job.words);
  ASSERT_EQ(finished.status, is_done ? 1 : 0) << finished.err;
}

void expect_equal(const std::map<std::string, std::string>& got,
                  const std::map<std::string, std::string>& wanted) {
  for (const auto& [name, bytes] : wanted) {
    ASSERT_TRUE(got.contains(name)) << name;
    EXPECT_TRUE(got.at(name) == bytes) << name << " differs";
  }
  for (const auto& [name, bytes] : got)
    EXPECT_TRUE(wanted.contains(name)) << name << " is left over";
}

void check_job(const Job& job, const fs::path& sources) {
  const WorkFolder unbroken;
  const auto prepare = [&](const fs::path& folder) {
    for (const auto& file : job.needs) fs::copy(sources / file, folder / file);
  };
  prepare(unbroken.path());
  const auto start = Clock::now();
  const auto finished = run(unbroken.path(), job.words);
  auto duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
  ASSERT_EQ(finished.status, 0) << finished.err;
  const auto wanted = results_of(job, unbroken.path());

  int budget = kills();
  for (std::uint64_t round = 0; budget > 0; ++round) {
    const WorkFolder folder;
    prepare(folder.path());
    run_broken(job, folder.path(), duration, split(Key{.seed = 42}, round), budget);
    expect_equal(results_of(job, folder.path()), wanted);
    if (::testing::Test::HasFailure()) FAIL() << job.name << " in round " << round;
  }
}

TEST(Kill, TrainingContinuesToTheSameWeights) {
  const WorkFolder sources;
  check_job({.name = "train",
             .words = {"train", "lemonade_1", "--data", "images.bin", "--epochs", "6", "--batch",
                       "16", "--out", "net.h5"},
             .needs = {},
             .results = {"net.h5"},
             .leftover = "net.h5.checkpoint.h5"},
            sources.path());
}

TEST(Kill, SearchContinuesToTheSameFront) {
  const WorkFolder sources;
  check_job({.name = "search",
             .words = {"search", "--data", "images.bin", "--start", "lemonade_1", "--start-epochs",
                       "2", "--epochs", "1", "--generations", "2", "--children", "3", "--accepted",
                       "2", "--batch", "16", "--run", "run"},
             .needs = {},
             .results = {"run/candidates", "run/generations.json", "run/config.ini"},
             .leftover = {}},
            sources.path());
}

TEST(Kill, CampaignContinuesToTheSameRows) {
  const WorkFolder sources;
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"train", "lemonade_1", "--data", "images.bin", "--epochs", "1",
                                 "--out", "net.h5"},
        {"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--out", "integer.h5"}}) {
    const auto finished = run(sources.path(), words);
    ASSERT_EQ(finished.status, 0) << finished.err;
  }
  std::ofstream list(sources / "list.csv");
  list << "trial,site,layer,element,bit\n";
  for (int i = 0; i < 600; ++i)
    list << i / 2 << (i / 2 % 2 == 0 ? ",weight_memory,1," : ",bias_memory,1,") << i % 4 << ','
         << i % 2 << '\n';
  list.close();
  const std::vector<std::string> inject = {"inject",     "integer.h5", "--data",
                                           "images.bin", "--out",      "campaign.h5"};
  for (const std::vector<std::string>& how :
       {std::vector<std::string>{"--trials", "150", "--images", "8", "--rates", "1e-4,1e-3",
                                 "--curve-seeds", "2"},
        {"--trials", "400", "--images", "8", "--sampling", "stratified", "--pilot", "100"},
        {"--until-width", "0.03", "--images", "8", "--sites",
         "product,output_register,weight_memory"},
        {"--exhaustive", "true", "--images", "2", "--sites", "output_register"},
        {"--faults-per-trial", "3", "--trials", "100", "--images", "8"},
        {"--faults", "list.csv", "--images", "8"},
        {"--shard", "2/3", "--trials", "900", "--images", "8", "--sampling", "stratified",
         "--pilot", "400", "--rates", "1e-4,1e-3", "--curve-seeds", "3"}}) {
    auto words = inject;
    words.insert(words.end(), how.begin(), how.end());
    check_job({.name = "inject " + how[0] + " " + how[1],
               .words = words,
               .needs = {"integer.h5", "list.csv"},
               .results = {"campaign.h5"},
               // A finished shard may be asked for again.
               .leftover = how[0] == "--shard" ? "campaign.h5" : "campaign.h5.partial"},
              sources.path());
  }
}

}  // namespace
}  // namespace citrine::testing
