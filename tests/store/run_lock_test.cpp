#include "store/run_lock.h"

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>

#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using RunLockTest = StoreTest;

TEST_F(RunLockTest, ASecondHolderIsToldWho) {
  const RunLock lock(folder());
  EXPECT_EQ(error_of([&] { RunLock{folder()}; }),
            folder().string() + " is in use by process " + std::to_string(::getpid()));
}

TEST_F(RunLockTest, IsFreeAfterwards) {
  { const RunLock lock(folder()); }
  const RunLock again(folder());
  EXPECT_EQ(read_text(path("lock")), std::to_string(::getpid()) + "\n");
}

TEST_F(RunLockTest, LeavesNoTrace) {
  { const RunLock lock(folder()); }
  EXPECT_EQ(read_text(path("lock")), "");
}

TEST_F(RunLockTest, AKilledHolderHoldsNothing) {
  std::array<int, 2> pipe{};
  ASSERT_EQ(::pipe(pipe.data()), 0);
  const auto child = ::fork();
  if (child == 0) {
    const RunLock lock(folder());
    if (::write(pipe[1], "x", 1) == 1) ::pause();
    ::_exit(1);
  }
  char held = 0;
  ASSERT_EQ(::read(pipe[0], &held, 1), 1);
  EXPECT_THAT(error_of([&] { RunLock{folder()}; }),
              HasSubstr("in use by process " + std::to_string(child)));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(pipe[0]);
  ::close(pipe[1]);
  std::ofstream(path(".a.h5." + std::to_string(child) + ".partial")) << "half";
  const RunLock lock(folder());
  EXPECT_THAT(names(), ElementsAre("lock"));
}

TEST_F(RunLockTest, NeedsAFolder) {
  EXPECT_THAT(error_of([&] { RunLock{path("absent")}; }), HasSubstr("No such file"));
}

// As another process finds it that opened the file before its holder removed it.
TEST_F(RunLockTest, AFileThatWasRemovedIsNotThere) {
  const Descriptor opened(path("lock"), O_RDWR | O_CREAT);
  EXPECT_TRUE(opened.is_still_there());
  std::filesystem::remove(path("lock"));
  EXPECT_FALSE(opened.is_still_there());
  const Descriptor other(path("lock"), O_RDWR | O_CREAT);
  EXPECT_FALSE(opened.is_still_there());
  EXPECT_TRUE(other.is_still_there());
}

TEST_F(RunLockTest, AResultHasOneToo) {
  {
    const ResultLock lock(path("a.h5"));
    EXPECT_EQ(error_of([&] { ResultLock{path("a.h5")}; }),
              path("a.h5").string() + " is in use by process " + std::to_string(::getpid()));
    const ResultLock other(path("b.h5"));
    EXPECT_THAT(names(), ElementsAre("a.h5.lock", "b.h5.lock"));
  }
  EXPECT_TRUE(names().empty());
}

}  // namespace
}  // namespace citrine::testing
