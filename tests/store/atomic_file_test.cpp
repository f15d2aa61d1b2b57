#include "store/atomic_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>

#include <gmock/gmock.h>

#include "small_disk.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using AtomicFile = StoreTest;

TEST_F(AtomicFile, WritesAndReplaces) {
  write_text(path("a.txt"), "one");
  EXPECT_EQ(read_text(path("a.txt")), "one");
  write_text(path("a.txt"), "");
  EXPECT_EQ(read_text(path("a.txt")), "");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFile, AFullDiskLeavesTheOldFile) {
  write_text(path("a.txt"), "old");
  const auto message = error_of([&] {
    const SmallDisk disk(1000);
    write_text(path("a.txt"), std::string(2000, 'x'));
  });
  EXPECT_THAT(message, AllOf(HasSubstr("cannot write"), HasSubstr("a.txt"), HasSubstr("large")));
  EXPECT_EQ(read_text(path("a.txt")), "old");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFile, AWriterThatFailsLeavesTheOldFile) {
  write_text(path("a.txt"), "old");
  const auto message = error_of([&] {
    write_atomically(path("a.txt"), [](const std::filesystem::path& partial) {
      std::ofstream(partial) << "half";
      throw Error("no more");
    });
  });
  EXPECT_EQ(message, "no more");
  EXPECT_EQ(read_text(path("a.txt")), "old");
  EXPECT_THAT(names(), ElementsAre("a.txt"));
}

TEST_F(AtomicFile, FoldersThatAreNone) {
  write_text(path("file"), "");
  EXPECT_THAT(error_of([&] { write_text(path("file") / "a.txt", "x"); }),
              AllOf(HasSubstr("cannot write"), HasSubstr("a.txt"), HasSubstr("Not a directory")));
  EXPECT_THAT(error_of([&] { write_text(path("absent") / "a.txt", "x"); }),
              HasSubstr("No such file or directory"));
}

// What write_text() says to somebody who is not root, whom permissions do not stop.
std::string message_to_nobody(const std::filesystem::path& path) {
  std::array<int, 2> pipe{};
  if (::pipe(pipe.data()) != 0) return "no pipe";
  const auto child = ::fork();
  if (child == 0) {
    constexpr uid_t kNobody = 65534;
    if (::geteuid() == 0 && ::setuid(kNobody) != 0) ::_exit(1);
    const auto message = error_of([&] { write_text(path, "new"); });
    ::_exit(::write(pipe[1], message.data(), message.size()) < 0 ? 1 : 0);
  }
  ::close(pipe[1]);
  std::string message(4096, '\0');
  message.resize(static_cast<std::size_t>(
      std::max<ssize_t>(0, ::read(pipe[0], message.data(), message.size()))));
  ::close(pipe[0]);
  ::waitpid(child, nullptr, 0);
  return message;
}

TEST_F(AtomicFile, AReadOnlyFolderIsNamed) {
  namespace fs = std::filesystem;
  write_text(path("a.txt"), "old");
  fs::permissions(folder(), fs::perms::owner_read | fs::perms::owner_exec | fs::perms::others_exec);
  const auto message = message_to_nobody(path("a.txt"));
  fs::permissions(folder(), fs::perms::owner_all);
  EXPECT_THAT(message,
              AllOf(HasSubstr("cannot write"), HasSubstr("a.txt"), HasSubstr("Permission denied")));
  EXPECT_EQ(read_text(path("a.txt")), "old");
}

TEST_F(AtomicFile, ReplacesNothingButFiles) {
  std::filesystem::create_directory(path("b"));
  EXPECT_THAT(error_of([&] { write_text(path("b"), "x"); }), HasSubstr("not a regular file"));
  EXPECT_THAT(error_of([&] { write_text("/dev/null", "x"); }), HasSubstr("not a regular file"));
  EXPECT_THAT(error_of([&] { write_text(path("b") / "", "x"); }), HasSubstr("no file name"));
}

TEST_F(AtomicFile, ReadsAtMostWhatItIsToldTo) {
  write_text(path("a.txt"), "1234");
  EXPECT_EQ(read_text(path("a.txt"), 4), "1234");
  EXPECT_THAT(error_of([&] { read_text(path("a.txt"), 3); }),
              AllOf(HasSubstr("a.txt"), HasSubstr("at most 3 bytes, got 4")));
  EXPECT_THAT(error_of([&] { read_text(path("absent")); }), HasSubstr("No such file"));
  EXPECT_THAT(error_of([&] { read_text(folder()); }), HasSubstr("not a regular file"));
}

TEST_F(AtomicFile, RemovesWhatKilledProcessesLeft) {
  std::filesystem::create_directory(path("deep"));
  for (const auto* name : {".a.h5.123.partial", "deep/.b.4.partial", "result.h5.partial",
                           ".123.partial", ".a..partial", ".a.1x.partial"})
    std::ofstream(path(name)) << "x";
  remove_partial_files(folder());
  EXPECT_THAT(names(), ElementsAre(".123.partial", ".a..partial", ".a.1x.partial", "deep",
                                   "result.h5.partial"));
  EXPECT_TRUE(std::filesystem::is_empty(path("deep")));
}

// A process that has ended, and so has every file that it was writing.
pid_t ended_process() {
  const auto child = ::fork();
  if (child == 0) ::_exit(0);
  ::waitpid(child, nullptr, 0);
  return child;
}

TEST_F(AtomicFile, TheNextWriteRemovesWhatAKilledOneLeft) {
  const auto gone = std::to_string(ended_process()), alive = std::to_string(::getppid());
  for (const auto& name : {".a.txt." + gone, ".b.txt." + gone, ".a.txt." + alive})
    std::ofstream(path(name + ".partial")) << "half";
  write_text(path("a.txt"), "new");
  EXPECT_THAT(names(), UnorderedElementsAre("a.txt", ".b.txt." + gone + ".partial",
                                            ".a.txt." + alive + ".partial"));
}

// Killed while it writes text after text, a process leaves one whole text.
TEST_F(AtomicFile, IsWholeAfterAKill) {
  const auto text = [](int i) { return std::string(20000, static_cast<char>('a' + i % 26)); };
  for (int round = 1; round <= 20; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const auto child = ::fork();
    if (child == 0) {
      for (int i = 0;; ++i) {
        write_text(path("a.txt"), text(i));
        if (::write(pipe[1], "x", 1) != 1) ::_exit(1);
      }
    }
    char done = 0;
    for (int i = 0; i < round; ++i) ASSERT_EQ(::read(pipe[0], &done, 1), 1);
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    const auto got = read_text(path("a.txt"));
    EXPECT_EQ(got, text(got.empty() ? 0 : got[0] - 'a'));
  }
}

}  // namespace
}  // namespace citrine::testing
