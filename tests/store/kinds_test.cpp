// What holds for files of every kind.
#include <algorithm>

#include <gmock/gmock.h>

#include "kernels/random.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

using Bytes = std::vector<std::byte>;

class EveryKind : public ::testing::TestWithParam<Kind> {
 protected:
  Bytes file() const { return encode_contents(GetParam().schema, GetParam().contents()); }
  void read(const Bytes& bytes) const {
    GetParam().read(decode_contents(bytes, GetParam().schema, "file.h5"));
  }
};

Contents without(const Contents& contents, const std::string& path) {
  Contents rest(contents.where());
  for (const auto& [name, array] : contents.arrays())
    if (name != path) rest.put(name, array);
  return rest;
}

TEST_P(EveryKind, ComesBackToTheSameBytes) {
  const auto bytes = file();
  const auto contents = decode_contents(bytes, GetParam().schema, "file.h5");
  EXPECT_EQ(encode_contents(GetParam().schema, GetParam().copy(contents)), bytes);
  EXPECT_EQ(file(), bytes);
}

TEST_P(EveryKind, EveryChangedByteIsFound) {
  const auto whole = file();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    auto bytes = whole;
    bytes[i] ^= static_cast<std::byte>(1 << i % 8);
    ASSERT_THROW(read(bytes), Error) << "byte " << i;
  }
}

TEST_P(EveryKind, EveryTruncationIsFound) {
  const auto whole = file();
  for (std::size_t size = 0; size < whole.size(); ++size)
    ASSERT_THROW(read(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))),
                 Error)
        << size << " bytes";
}

TEST_P(EveryKind, OtherKindsAreNamed) {
  for (const auto& kind : kinds()) {
    if (kind.schema.name == GetParam().schema.name) continue;
    const auto message = error_of([&] { read(encode_contents(kind.schema, kind.contents())); });
    EXPECT_THAT(message, HasSubstr("file.h5: expected a file of schema '" +
                                   std::string(GetParam().schema.name) + "', got '" +
                                   std::string(kind.schema.name)));
  }
}

TEST_P(EveryKind, OtherVersionsAreNamed) {
  auto schema = GetParam().schema;
  const int version = schema.version++;
  const auto bytes = encode_contents(schema, GetParam().contents());
  EXPECT_THAT(error_of([&] { read(bytes); }),
              HasSubstr("expected version " + std::to_string(version)));
}

TEST_P(EveryKind, EveryPartIsNeeded) {
  const auto contents = GetParam().contents();
  for (const auto& entry : contents.arrays()) {
    const auto& path = entry.first;
    if (path.ends_with("@names") || path.starts_with("momentum/")) continue;  // optional
    const auto message = error_of([&] { GetParam().read(without(contents, path)); });
    EXPECT_THAT(message, HasSubstr(contents.where())) << path;
  }
}

TEST_P(EveryKind, EveryPartMustHaveItsType) {
  const auto contents = GetParam().contents();
  for (const auto& [path, array] : contents.arrays()) {
    if (path.ends_with("@names")) continue;
    auto changed = contents;
    changed.put_list(path, std::vector<std::int64_t>{1});
    EXPECT_THAT(error_of([&] { GetParam().read(changed); }), HasSubstr(path)) << path;
  }
}

// One more value than there should be, in every array that has a length.
TEST_P(EveryKind, EveryListMustHaveItsLength) {
  const auto contents = GetParam().contents();
  for (const auto& [path, array] : contents.arrays()) {
    if (array.shape.empty() || path.ends_with("@names")) continue;
    if (path == "layers") continue;  // more names than the rows need
    auto changed = contents;
    auto values = array.values;
    std::visit([](auto& list) { list.resize(list.size() + 1); }, values);
    const auto count = std::visit([](auto& list) { return list.size(); }, values);
    changed.put(path, {.shape = {count}, .values = values});
    EXPECT_THROW(GetParam().read(changed), Error) << path;
  }
}

template <class T>
void scramble(std::vector<T>& list, Key key) {
  if (list.empty()) return;
  auto& value = list[uniform_below(key, 0, list.size())];
  const auto bits = random_bits(key, 1);
  if constexpr (std::is_same_v<T, std::string>) {
    if (!value.empty()) value[bits % value.size()] = static_cast<char>(1 + (bits >> 32) % 127);
  } else {
    std::memcpy(&value, &bits, sizeof(T));
  }
}

// Random values anywhere: refused, or read as something that can be written again.
TEST_P(EveryKind, RandomValuesAreRefusedOrHold) {
  const auto contents = GetParam().contents();
  for (std::uint64_t trial = 0; trial < 3000; ++trial) {
    const Key key = split({.seed = 11}, trial);
    auto entry = contents.arrays().begin();
    std::advance(entry, uniform_below(key, 9, contents.arrays().size()));
    auto array = entry->second;
    std::visit([&](auto& list) { scramble(list, key); }, array.values);
    auto changed = contents;
    changed.put(entry->first, array);
    try {
      const auto copy = GetParam().copy(changed);
      GetParam().read(copy);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(contents.where()));
    }
  }
}

class KindsOnDisk : public StoreTest {};

TEST_F(KindsOnDisk, OriginIsReadFromEveryKind) {
  for (const auto& kind : kinds()) {
    const auto contents = kind.contents();
    write_contents(path("a.h5"), kind.schema, contents);
    EXPECT_EQ(schema_of(path("a.h5")), kind.schema.name);
    const auto origin = read_origin(path("a.h5"));
    const auto expected = origin_from(contents);
    EXPECT_EQ(origin.config, expected.config);
    EXPECT_EQ(origin.seed, 0xfedcba9876543210);
    EXPECT_EQ(origin.record, expected.record);
    EXPECT_EQ(origin.program, program_version());
  }
}

TEST_F(KindsOnDisk, WritingTwiceGivesTheSameBytes) {
  write_network(path("a.h5"), sample_network());
  write_campaign(path("b.h5"), sample_campaign());
  write_network(path("c.h5"), sample_network());
  EXPECT_EQ(read_text(path("a.h5")), read_text(path("c.h5")));
}

INSTANTIATE_TEST_SUITE_P(Store, EveryKind, ::testing::ValuesIn(kinds()), [](const auto& test) {
  auto name = std::string(test.param.schema.name);
  std::ranges::replace(name, ' ', '_');
  return name;
});

}  // namespace
}  // namespace citrine::testing
