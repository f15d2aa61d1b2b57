// Ctrl-C, and two processes in one run directory.
#include <signal.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/program.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kLongTraining = {
    "train", "lemonade_1", "--data",  "images.bin", "--epochs",    "5000",
    "--out", "net.h5",     "--batch", "16",         "--log-level", "debug"};
const std::vector<std::string> kLongSearch = {
    "search",         "--data", "images.bin", "--start", "lemonade_1",
    "--start-epochs", "1",      "--epochs",   "1",       "--generations",
    "5000",           "--run",  "run"};

TEST(Interrupt, TheFirstStopsAtASafePointAndSaysHowToContinue) {
  const WorkFolder folder;
  for (const auto& [signal, status] : {std::pair{SIGINT, 130}, std::pair{SIGTERM, 143}}) {
    Program program(folder.path(), kLongTraining);
    ASSERT_TRUE(program.wait_for("epoch 2"));
    program.send(signal);
    const auto finished = program.wait();
    EXPECT_EQ(finished.status, status) << finished.err;
    EXPECT_THAT(finished.err, HasSubstr("the same command continues"));
    EXPECT_TRUE(std::filesystem::exists(folder / "net.h5.checkpoint.h5"));
    EXPECT_FALSE(std::filesystem::exists(folder / "net.h5"));
  }
}

TEST(Interrupt, TheSecondEndsAtOnce) {
  const WorkFolder folder;
  Program program(folder.path(), kLongTraining);
  ASSERT_TRUE(program.wait_for("epoch 1"));
  // Both signals are there before the program runs again, so no safe point lies between them.
  program.send(SIGSTOP);
  program.send(SIGINT);
  program.send(SIGTERM);
  program.send(SIGCONT);
  const auto finished = program.wait();
  EXPECT_THAT(finished.status, ::testing::AnyOf(130, 143));
  EXPECT_EQ(finished.err.find("the same command continues"), std::string::npos) << finished.err;
  EXPECT_THAT(finished.err, HasSubstr("stopped at once"));
  EXPECT_EQ(finished.signal, 0);
}

TEST(RunDirectory, IsRefusedWhileAnotherProcessHoldsIt) {
  const WorkFolder folder;
  Program first(folder.path(), kLongSearch);
  ASSERT_TRUE(first.wait_for("candidate 0"));
  const auto second = run(folder.path(), kLongSearch);
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("run"));
  first.send(SIGINT);
  EXPECT_EQ(first.wait().status, 130);
}

TEST(RunDirectory, AFolderWithOtherThingsInItIsLeftAlone) {
  const WorkFolder folder;
  auto words = kLongSearch;
  words.back() = ".";
  const auto finished = run(folder.path(), words);
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.err, HasSubstr("not a run directory"));
}

}  // namespace
}  // namespace citrine::testing
