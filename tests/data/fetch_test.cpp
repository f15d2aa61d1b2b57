#include <archive.h>
#include <archive_entry.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/catalog.h"
#include "data/checksum.h"
#include "data/dataset.h"
#include "data/download.h"
#include "data/unpack.h"
#include "http_server.h"
#include "kernels/error.h"
#include "scratch_folder.h"
#include "small_disk.h"

namespace citrine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using testing::HttpServer;
using testing::ScratchFolder;
using testing::SmallDisk;
using ::testing::ThrowsMessage;

const std::string kSignHeader = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n";

struct Entry {
  std::string name, text;
  std::string link = {};
};

using SetFormat = int (*)(archive*);

int set_tar(archive* writer) { return archive_write_set_format_pax_restricted(writer); }
int set_tar_gz(archive* writer) {
  archive_write_add_filter_gzip(writer);
  return set_tar(writer);
}

// An archive as bytes; a name that ends in a slash is a folder.
std::string packed(const std::vector<Entry>& entries, SetFormat set_format) {
  std::string bytes(1 << 20, '\0');
  std::size_t used = 0;
  archive* writer = archive_write_new();
  set_format(writer);
  archive_write_open_memory(writer, bytes.data(), bytes.size(), &used);
  for (const Entry& entry : entries) {
    archive_entry* header = archive_entry_new();
    archive_entry_set_pathname(header, entry.name.c_str());
    archive_entry_set_filetype(header, entry.name.ends_with('/') ? AE_IFDIR : AE_IFREG);
    if (!entry.link.empty()) archive_entry_set_filetype(header, AE_IFLNK);
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

std::string tar(const std::vector<Entry>& entries) { return packed(entries, set_tar); }

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

TEST(Download, AFullDiskKeepsWhatThereIs) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["f"] = thousand_bytes();
  EXPECT_THAT(
      [&] {
        const SmallDisk disk(600);
        download(server.url("f"), folder.path() / "f.part", {});
      },
      ThrowsMessage<Error>(AllOf(HasSubstr("f.part"), HasSubstr("cannot be written: File too"))));
  EXPECT_EQ(folder.read("f.part"), thousand_bytes().substr(0, 600));
  download(server.url("f"), folder.path() / "f.part", {});
  EXPECT_EQ(folder.read("f.part"), thousand_bytes());
}

TEST(Download, RefusesOtherProtocols) {
  const ScratchFolder folder;
  folder.write("f", "text");
  EXPECT_THROW(download("file://" + (folder.path() / "f").string(), folder.path() / "f.part", {}),
               Error);
}

const std::vector<std::pair<std::string, SetFormat>> kFormats = {
    {"a.tar", set_tar}, {"a.tar.gz", set_tar_gz}, {"a.zip", archive_write_set_format_zip}};

TEST(Unpack, WritesFilesBelowTheFolder) {
  for (const auto& [name, format] : kFormats) {
    const ScratchFolder folder;
    folder.write(name,
                 packed({{"./", ""}, {"x/", ""}, {"x/y.txt", "hello"}, {"z.txt", ""}}, format));
    unpack(folder.path() / name, folder.path() / "out");
    EXPECT_EQ(folder.read("out/x/y.txt"), "hello") << name;
    EXPECT_TRUE(std::filesystem::exists(folder.path() / "out/z.txt")) << name;
  }
}

// The last bytes are padding or a directory of what was read before.
TEST(Unpack, ACutOrChangedArchiveIsAnErrorOrTheSame) {
  const std::string text = thousand_bytes();
  for (const auto& [name, format] : kFormats) {
    const std::string whole = packed({{"f", text}}, format);
    std::size_t errors = 0;
    for (std::size_t size = 1; size < whole.size(); size += 1 + size / 8) {
      const ScratchFolder folder;
      folder.write(name, whole.substr(0, size));
      try {
        unpack(folder.path() / name, folder.path() / "out");
        EXPECT_EQ(folder.read("out/f"), text) << name << " cut to " << size;
      } catch (const Error& error) {
        EXPECT_THAT(error.what(), HasSubstr(name));
        ++errors;
      }
    }
    EXPECT_GT(errors, 10U) << name;
  }
  for (const auto& [name, format] : {kFormats[1], kFormats[2]}) {
    std::string changed = packed({{"f", text}}, format);
    changed[60] = static_cast<char>(changed[60] ^ 4);
    const ScratchFolder folder;
    folder.write(name, changed);
    EXPECT_THROW(unpack(folder.path() / name, folder.path() / "out"), Error) << name;
  }
}

TEST(Unpack, AFullDiskIsNamed) {
  const ScratchFolder folder;
  folder.write("a.tar", tar({{"f", std::string(200000, 'x')}}));
  EXPECT_THAT(
      [&] {
        const SmallDisk disk(100000);
        unpack(folder.path() / "a.tar", folder.path() / "out");
      },
      ThrowsMessage<Error>(AllOf(HasSubstr("out/f"), HasSubstr("the disk may be full"))));
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

TEST(Fetch, BringsBackWhatIsMissingOrDamaged) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["toy.tar"] = tar({{"toy/f", "content"}, {"toy/g", "more"}});
  const auto entry = one_archive(server, checksum_of_bytes(folder, server.files["toy.tar"]));
  const FetchOptions options{folder.path(), {}};
  fetch(entry, options);
  std::filesystem::remove(folder.path() / "toy/toy/g");
  fetch(entry, options);
  EXPECT_EQ(folder.read("toy/toy/g"), "more");
  folder.write("toy/toy/f", "cOntent");
  fetch(entry, options);
  EXPECT_EQ(folder.read("toy/toy/f"), "content");
  EXPECT_EQ(server.starts().size(), 3U);
}

// What a kill leaves: the archive verified, its files half moved, the receipt half written.
TEST(Fetch, EndsWhatAKilledOneBegan) {
  const ScratchFolder folder;
  HttpServer server;
  const std::string archive = tar({{"toy/f", "content"}, {"toy/g", "more"}});
  const auto entry = one_archive(server, checksum_of_bytes(folder, archive));
  folder.write("toy/toy.tar", archive);
  folder.write("toy/.toy.tar.unpacking/toy/g", "mo");
  folder.write("toy/toy/f", "content");
  folder.write("toy/.toy.tar.unpacked.part", "sha256:");
  fetch(entry, {folder.path(), {}});
  EXPECT_EQ(folder.read("toy/toy/f") + folder.read("toy/toy/g"), "contentmore");
  EXPECT_TRUE(server.starts().empty());
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "toy/toy.tar"));
  EXPECT_FALSE(std::filesystem::exists(folder.path() / "toy/.toy.tar.unpacking"));
}

TEST(Fetch, RefusesAFolderThatAnotherProcessFillsNow) {
  const ScratchFolder folder;
  HttpServer server;
  server.files["toy.tar"] = tar({{"f", "x"}});
  const auto entry = one_archive(server, checksum_of_bytes(folder, server.files["toy.tar"]));
  std::string refusal;
  fetch(entry, {folder.path(), [&](std::string_view, auto, auto) {
                  try {
                    fetch(entry, {folder.path(), {}});
                  } catch (const Error& error) {
                    refusal = error.what();
                  }
                }});
  EXPECT_THAT(refusal, HasSubstr("another process fetches into this folder"));
}

// Signs in one zip each for images and tables, as they are published.
TEST(Fetch, ChecksFetchedFilesByteForByte) {
  const ScratchFolder folder;
  HttpServer server;
  std::vector<Entry> entries;
  for (int label = 0; label < 43; ++label) {
    const std::string digits = (label < 10 ? "0000" : "000") + std::to_string(label);
    const std::string in = "GTSRB/Training/" + digits + "/";
    entries.push_back({in + "GT-" + digits + ".csv", kSignHeader + "00000_00000.ppm;1;1;0;0;1;1;" +
                                                         std::to_string(label) + "\n"});
    entries.push_back({in + "00000_00000.ppm", "P6 1 1 255 abc"});
  }
  server.files["training.zip"] = packed(entries, archive_write_set_format_zip);
  server.files["test.zip"] = packed({{"GTSRB/Final_Test/Images/00000.ppm", "P6 1 1 255 def"}},
                                    archive_write_set_format_zip);
  server.files["table.zip"] =
      packed({{"GT-final_test.csv", kSignHeader + "00000.ppm;1;1;0;0;1;1;7\n"}},
             archive_write_set_format_zip);
  CatalogEntry entry{"gtsrb", "", {}, ""};
  for (const std::string name : {"training.zip", "test.zip", "table.zip"})
    entry.archives.push_back(
        {server.url(name), name, checksum_of_bytes(folder, server.files[name])});
  fetch(entry, {folder.path(), {}});
  const auto data = folder.path() / "gtsrb";
  EXPECT_EQ(load_dataset(data.string()).test.labels, std::vector<std::uint8_t>{7});
  const auto broken = [&] {
    std::vector<std::string> problems;
    for (const auto& file : check_dataset(data.string()))
      if (!file.problem.empty()) problems.push_back(file.path.filename().string() + file.problem);
    return problems;
  };
  EXPECT_THAT(broken(), ElementsAre());
  folder.write("gtsrb/GTSRB/Final_Test/Images/00000.ppm", "P6 1 1 255 dEf");
  EXPECT_THAT(broken(),
              ElementsAre(AllOf(HasSubstr("00000.ppm"), HasSubstr("must have checksum"))));
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
