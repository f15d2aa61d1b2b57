#include "store/seal.h"

#include <algorithm>
#include <cstring>

#include <gmock/gmock.h>

#include "store/hdf5_image.h"
#include "store/sha256.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

Bytes sealed(std::size_t size, const Schema& schema = kNetworkSchema) {
  Bytes file(size, std::byte{'x'});
  seal(file, schema);
  return file;
}

// With `from` in the user block replaced by `to`, of the same length.
Bytes edited(Bytes file, std::string_view from, std::string_view to) {
  auto* text = reinterpret_cast<char*>(file.data());
  const auto found = std::string_view(text, kUserBlock).find(from);
  EXPECT_NE(found, std::string_view::npos);
  std::memcpy(text + found, to.data(), to.size());
  return file;
}

std::string message(const Bytes& file, const Schema& schema = kNetworkSchema) {
  return error_of([&] { check_seal(file, schema, "net.h5"); });
}

TEST(Sha256, KnownDigests) {  // FIPS 180-4 examples
  EXPECT_EQ(sha256(bytes_of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Seal, IsText) {
  Bytes file(kUserBlock + 3);
  const auto abc = bytes_of("abc");
  std::ranges::copy(abc, file.begin() + kUserBlock);
  seal(file, kCampaignSchema);
  const std::string expected =
      "citrine file\nschema: campaign\nversion: 6\nsize: 515\n"
      "sha256: ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad\n";
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.data()), expected.size()), expected);
  EXPECT_EQ(file[expected.size()], std::byte{0});
  check_seal(file, kCampaignSchema, "a");
}

TEST(Seal, OneSentenceForEachFault) {
  EXPECT_EQ(message(sealed(600, kCampaignSchema)),
            "net.h5: expected a file of schema 'network', got 'campaign'");
  EXPECT_EQ(message(edited(sealed(600), "version: 1", "version: 2")),
            "net.h5: expected version 1 of schema 'network', got 2");
  auto file = sealed(600);
  file.resize(599);
  EXPECT_EQ(message(file), "net.h5 is truncated: expected 600 bytes, got 599");
  file.resize(601);
  EXPECT_EQ(message(file), "net.h5 is too long: expected 600 bytes, got 601");
  file.resize(100);
  EXPECT_EQ(message(file), "net.h5 is truncated: expected at least 512 bytes, got 100");
  EXPECT_EQ(message(bytes_of("PK\x03\x04")), "net.h5 is not a file that citrine wrote");
  EXPECT_EQ(message({}), "net.h5 is not a file that citrine wrote");
  file = sealed(600);
  file[599] = std::byte{'y'};
  EXPECT_THAT(message(file),
              AllOf(StartsWith("net.h5 is damaged: expected SHA-256 "), HasSubstr(", got ")));
  EXPECT_THAT(message(edited(sealed(600), "size: 600", "size: 6x0")),
              HasSubstr("its size must be a number, got '6x0'"));
  file = sealed(600);
  file[500] = std::byte{1};
  EXPECT_THAT(message(file), HasSubstr("hold more than their text"));
}

using SchemaOf = StoreTest;

TEST_F(SchemaOf, ReadsTheUserBlockAlone) {
  write_bytes(path("a.h5"), sealed(kUserBlock, kTrainingStateSchema));
  EXPECT_EQ(schema_of(path("a.h5")), "training state");
  write_text(path("b.h5"), "\x89HDF\r\n\x1a\n");
  EXPECT_THAT(error_of([&] { schema_of(path("b.h5")); }), HasSubstr("not a file that citrine"));
  EXPECT_THAT(error_of([&] { schema_of(path("c.h5")); }), HasSubstr("No such file"));
}

}  // namespace
}  // namespace citrine::testing
