#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/catalog.h"
#include "data/checksum.h"
#include "data/download.h"
#include "data/unpack.h"
#include "http_server.h"
#include "kernels/error.h"
#include "scratch_folder.h"

namespace citrine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpServer;
using testing::ScratchFolder;
using ::testing::ThrowsMessage;

struct Entry {
  std::string name, text;
  std::string link = {};
};

// A tar archive as bytes.
std::string tar(const std::vector<Entry>& entries) {
  std::string bytes(1 << 20, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  archive_write_set_format_pax_restricted(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const Entry& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.name.c_str());
    archive_entry_set_filetype(header, entry.link.empty() ? AE_IFREG : AE_IFLNK);
    if (!entry.link.empty()) archive_entry_set_symlink(header, entry.link.c_str());
    archive_entry_set_perm(header, 0644);
    archive_entry_set_size(header, static_cast<la_int64_t>(entry.text.size()));
    archive_write_header(writer, header);
    archive_write_data(writer, entry.text.data(), entry.text.size());
    archive_entry_free(header);
  }
  archive_write_free(writer);
  bytes.resize(used);
  return bytes;
}

std::string thousand_bytes() {
  std::string text;
  for (int i = 0; i < 1000; ++i) text += static_cast<char>('a' + i % 26);
  return text;
}

std::string checksum_of_bytes(const ScratchFolder& folder, const std::string& bytes) {
  folder.write("bytes", bytes);
  return checksum(folder.path() / "bytes", "sha256");
}

CatalogEntry one_archive(const HttpServer& server, const std::string& expected) {
  return {"toy", "", {{server.url("toy.tar"), "toy.tar", expected}}, ""};
}

TEST(Checksum, IsThatOfTheStandards) {
  const ScratchFolder folder;
  folder.write("abc", "abc");
  EXPECT_EQ(checksum(folder.path() / "abc", "md5"), "md5:900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(checksum(folder.path() / "abc", "sha256"),
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_THROW(checksum(folder.path() / "abc", "crc"), Error);
  EXPECT_THROW(checksum(folder.path() / "none", "md5"), Error);
}

TEST(Download, ContinuesACutTransfer) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  server.most_bytes = 400;
  std::int64_t last = 0;
  download(server.url("f"), folder.path() / "f.part",
           [&](std::int64_t done, std::int64_t) { last = done; });
  EXPECT_EQ(folder.read("f.part"), thousand_bytes());
  EXPECT_THAT(server.starts(), ElementsAre(0, 400, 800));
  EXPECT_EQ(last, 1000);
}

TEST(Download, KeepsThePartOfAnEarlierCall) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  folder.write("f.part", thousand_bytes().substr(0, 300));
  server.most_bytes = 0;
  EXPECT_THAT([&] { download(server.url("f"), folder.path() / "f.part", {}); },
              ThrowsMessage<Error>(HasSubstr("cut after 300 bytes")));
  server.most_bytes = std::string::npos;
  download(server.url("f"), folder.path() / "f.part", {});
  EXPECT_EQ(folder.read("f.part"), thousand_bytes());
  EXPECT_EQ(server.starts().back(), 300U);
}

TEST(Download, BeginsAgainWhenTheServerIgnoresRanges) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  server.knows_ranges = false;
  folder.write("f.part", "wrong beginning");
  download(server.url("f"), folder.path() / "f.part", {});
  EXPECT_EQ(folder.read("f.part"), thousand_bytes());
}

TEST(Download, AWholePartIsLeftAlone) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  folder.write("f.part", thousand_bytes());
  download(server.url("f"), folder.path() / "f.part", {});
  EXPECT_EQ(folder.read("f.part"), thousand_bytes());
}

TEST(Download, NamesTheStatusAndKeepsNoFailureText) {
  const ScratchFolder folder;
  HttpServer server;
  EXPECT_THAT([&] { download(server.url("f"), folder.path() / "f.part", {}); },
              ThrowsMessage<Error>(HasSubstr("status 404")));
  EXPECT_EQ(folder.read("f.part"), "");
}

TEST(Download, PassesOnWhatProgressThrows) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  const auto stop = [](std::int64_t, std::int64_t) { throw std::domain_error("stop"); };
  EXPECT_THROW(download(server.url("f"), folder.path() / "f.part", stop), std::domain_error);
}

TEST(Download, RefusesOtherProtocols) {
  const ScratchFolder folder;
  folder.write("f", "text");
  EXPECT_THROW(download("file://" + (folder.path() / "f").string(), folder.path() / "f.part", {}),
               Error);
}

TEST(Unpack, WritesFilesBelowTheFolder) {
  const ScratchFolder folder;
  folder.write("a.tar", tar({{"x/y.txt", "hello"}, {"z.txt", ""}}));
  unpack(folder.path() / "a.tar", folder.path() / "out");
  EXPECT_EQ(folder.read("out/x/y.txt"), "hello");
  EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/z.txt"));
}

TEST(Unpack, RefusesToLeaveTheFolder) {
  const ScratchFolder folder;
  const std::string absolute = (folder.path() / "absolute").string();
  for (const Entry& entry :
       {Entry{"../climbed", "x"}, Entry{"a/../../climbed", "x"}, Entry{absolute, "x"}}) {
    folder.write("a.tar", tar({entry}));
    EXPECT_THAT([&] { unpack(folder.path() / "a.tar", folder.path() / "out"); },
                ThrowsMessage<Error>(HasSubstr("must stay in the folder")));
  }
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "climbed"));
  EXPECT_FALSE(std::filesystem::exists(absolute));
}

TEST(Unpack, RefusesLinks) {
  const ScratchFolder folder;
  folder.write("a.tar", tar({{"link", "", ".."}, {"link/f", "x"}}));
  EXPECT_THAT([&] { unpack(folder.path() / "a.tar", folder.path() / "out"); },
              ThrowsMessage<Error>(HasSubstr("must be files or folders")));
}

TEST(Unpack, RefusesWhatIsNoArchive) {
  const ScratchFolder folder;
  folder.write("a.tar", "no archive");
  EXPECT_THROW(unpack(folder.path() / "a.tar", folder.path() / "out"), Error);
  folder.write("b.tar", tar({{"f", std::string(5000, 'x')}}).substr(0, 2000));
  EXPECT_THROW(unpack(folder.path() / "b.tar", folder.path() / "out"), Error);
}

TEST(Fetch, UnpacksOnceAndLeavesNoArchive) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["toy.tar"] = tar({{"toy/f", "content"}});
  const auto entry = one_archive(server, checksum_of_bytes(folder, server.files["toy.tar"]));
  std::string seen;
  const FetchOptions options{folder.path(),
                             [&](std::string_view file, auto, auto) { seen = file; }};
  fetch(entry, options);
  EXPECT_EQ(folder.read("toy/toy/f"), "content");
  EXPECT_EQ(seen, "toy.tar");
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "toy/toy.tar"));
  fetch(entry, options);
  EXPECT_EQ(server.starts().size(), 1U);
}

TEST(Fetch, JoinsTheFoldersOfTwoArchives) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["a"] = tar({{"signs/Training/f", "1"}});
  server.files["b"] = tar({{"signs/Final_Test/f", "2"}});
  CatalogEntry entry{"toy", "", {}, ""};
  for (const std::string name : {"a", "b"})
    entry.archives.push_back(
        {server.url(name), name + ".tar", checksum_of_bytes(folder, server.files[name])});
  fetch(entry, {folder.path(), {}});
  EXPECT_EQ(folder.read("toy/signs/Training/f") + folder.read("toy/signs/Final_Test/f"), "12");
}

TEST(Fetch, NamesBothChecksumsAndRemovesWrongBytes) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["toy.tar"] = tar({{"f", "changed"}});
  const std::string got = checksum_of_bytes(folder, server.files["toy.tar"]);
  const std::string expected = checksum_of_bytes(folder, "original");
  EXPECT_THAT(
      [&] {
        fetch(one_archive(server, expected), {folder.path(), {}});
      },
      ThrowsMessage<Error>(AllOf(HasSubstr("toy.tar"), HasSubstr(expected), HasSubstr(got))));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path() / "toy"));
}

TEST(Fetch, ARefusedArchiveLeavesNothingUnpacked) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["toy.tar"] = tar({{"good", "x"}, {"../../../evil", "x"}});
  const auto entry = one_archive(server, checksum_of_bytes(folder, server.files["toy.tar"]));
  EXPECT_THROW(fetch(entry, {folder.path(), {}}), Error);
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "toy/good"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "toy/.toy.tar.unpacking"));
}

TEST(Fetch, PointsToThePackage) {
  EXPECT_THAT(
      [] {
        fetch(catalog_entry("fashion-mnist"), {"unused", {}});
      },
      ThrowsMessage<Error>(HasSubstr("dataset-fashion-mnist")));
}

TEST(Catalog, NamesTheNearest) {
  EXPECT_EQ(catalog_entry("gtsrb").archives.size(), 3U);
  EXPECT_THAT([] { catalog_entry("gtrsb"); },
              ThrowsMessage<Error>(HasSubstr("did you mean 'gtsrb'")));
}

}  // namespace
}  // namespace citrine
