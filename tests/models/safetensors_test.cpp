// Weights files: what is read, and every way to be damaged.
#include "models/safetensors.h"

#include <cmath>
#include <cstring>
#include <fstream>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include "kernels/error.h"
#include "kernels/random.h"
#include "models/models.h"
#include "shared_data.h"

namespace citrine {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string file_of(const std::string& header, const std::string& data) {
  const std::uint64_t size = header.size();
  std::string bytes(sizeof size, '\0');
  std::memcpy(bytes.data(), &size, sizeof size);
  return bytes + header + data;
}

template <class Value>
std::string bytes_of(const std::vector<Value>& values) {
  std::string bytes(values.size() * sizeof(Value), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

json entry(const char* type, json shape, json offsets) {
  return {{"dtype", type}, {"shape", std::move(shape)}, {"data_offsets", std::move(offsets)}};
}

// Two tensors, a counter and metadata: 24 + 4 + 8 bytes.
json header() {
  return {{"__metadata__", {{"format", "pt"}}},
          {"a.weight", entry("F32", {2, 3}, {0, 24})},
          {"b", entry("F32", json::array({1}), {24, 28})},
          {"n", entry("I64", json::array(), {28, 36})}};
}

std::string data() {
  return bytes_of<float>({1, 2, 3, 4, 5, -6.5F, 7}) + bytes_of<std::int64_t>({99});
}

std::string refusal(const std::string& bytes) {
  try {
    parse_safetensors(bytes, "w.st");
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

template <class Edit>
std::string refusal_after(const Edit& edit) {
  auto object = header();
  edit(object);
  return refusal(file_of(object.dump(), data()));
}

TEST(Safetensors, GiveFloatsAndPassOverCounters) {
  const auto weights = parse_safetensors(file_of(header().dump(), data()), "w.st");
  ASSERT_EQ(weights.size(), 2U);
  EXPECT_EQ(weights.at("a.weight"), (Tensor{{2, 3}, {1, 2, 3, 4, 5, -6.5F}}));
  EXPECT_EQ(weights.at("b"), (Tensor{{1}, {7}}));
}

TEST(Safetensors, WidenHalfFloats) {
  // 1, -2, largest 65504, smallest 2^-24, -0, smallest normal 2^-14; infinity; 1.5 * 2^-15.
  const std::vector<std::uint16_t> half = {0x3C00, 0xC000, 0x7BFF, 1, 0x8000, 0x400, 0x7C00, 0x300};
  const json object = {{"h", entry("F16", json::array({8}), {0, 16})}};
  const auto values =
      parse_safetensors(file_of(object.dump(), bytes_of(half)), "w.st").at("h").values;
  EXPECT_THAT(values, ElementsAre(1, -2, 65504, std::ldexp(1.0F, -24), 0, std::ldexp(1.0F, -14),
                                  std::numeric_limits<float>::infinity(), std::ldexp(1.5F, -15)));
  EXPECT_TRUE(std::signbit(values[4]));
}

TEST(Safetensors, WidenBrainFloats) {
  const std::vector<std::uint16_t> brain = {0x3F80, 0xC049, 0x0001};  // 1, -3.140625, 2^-133
  const json object = {{"h", entry("BF16", json::array({3}), {0, 6})}};
  EXPECT_THAT(parse_safetensors(file_of(object.dump(), bytes_of(brain)), "w.st").at("h").values,
              ElementsAre(1, -3.140625F, std::ldexp(1.0F, -133)));
}

TEST(Safetensors, RefuseHeadersBeforeTheyCostMemory) {
  EXPECT_EQ(refusal(""), "w.st: not a safetensors file: 8 bytes at least, got 0");
  EXPECT_EQ(refusal(std::string(8, '\xff')),
            "w.st: cut short or no safetensors file: its header claims 18446744073709551615 bytes");
  EXPECT_EQ(refusal(file_of("[]", "")), "w.st: a safetensors header must be an object");
  EXPECT_THAT(refusal(file_of("{\"a\":", "")), HasSubstr("w.st: not valid JSON"));
  EXPECT_THAT(refusal(file_of(std::string(100'000, '['), "")), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal(file_of(R"({"a": {}, "a": {}})", "")), HasSubstr("'a' appears twice"));
}

TEST(Safetensors, RefuseOffsetsThatDoNotFit) {
  const auto with = [](json offsets) {
    return refusal_after([&](json& object) { object["b"]["data_offsets"] = offsets; });
  };
  EXPECT_EQ(with({32, 36}), "w.st: n and b share bytes");
  EXPECT_EQ(with({20, 24}), "w.st: a.weight and b share bytes");
  EXPECT_EQ(with({24, 27}), "w.st: b: data must have 4 bytes, got 3");
  for (const json& outside : {json{33, 37}, json{28, 24}, json{36, 40}, json{0, UINT64_MAX}})
    EXPECT_EQ(with(outside), "w.st: b: data lies outside the file, which is cut short or damaged");
  for (const json& wrong : {json(), json(3), json{24}, json{24, 28, 28}, json::object()})
    EXPECT_EQ(with(wrong), "w.st: b: data_offsets must be two sizes");
  for (const json& wrong : {json{-4, 28}, json{24.0, 28}, json{1e30, 1e30}, json{"24", "28"}})
    EXPECT_THAT(with(wrong), HasSubstr("w.st: b: sizes must be whole numbers, got"));
}

TEST(Safetensors, RefuseShapesThatDoNotFit) {
  const auto with = [](json shape) {
    return refusal_after([&](json& object) { object["b"]["shape"] = shape; });
  };
  EXPECT_EQ(with({2}), "w.st: b: data must have 8 bytes, got 4");
  EXPECT_EQ(with({0}), "w.st: b: data must have 0 bytes, got 4");
  EXPECT_EQ(with({UINT64_MAX}), "w.st: b: shape is larger than the file");
  EXPECT_EQ(with(std::vector<int>(20, 30)), "w.st: b: shape is larger than the file");
  EXPECT_EQ(with(4), "w.st: b: shape must be a list of sizes");
  EXPECT_THAT(with({-1}), HasSubstr("w.st: b: sizes must be whole numbers"));
}

TEST(Safetensors, RefuseOtherTypesAndMissingKeys) {
  for (const char* key : {"dtype", "shape", "data_offsets"})
    EXPECT_EQ(refusal_after([&](json& object) { object["b"].erase(key); }),
              "w.st: b: has no " + std::string(key));
  EXPECT_EQ(refusal_after([](json& object) { object["b"]["dtype"] = "F64"; }),
            "w.st: b: only F32, F16 and BF16 tensors are read, got F64");
  EXPECT_EQ(refusal_after([](json& object) { object["b"]["dtype"] = 32; }),
            "w.st: b: dtype must be a text");
  EXPECT_EQ(refusal_after([](json& object) { object["n"]["shape"] = {1}; }),
            "w.st: n: I64 tensors must be scalars");
  EXPECT_EQ(refusal_after([](json& object) { object["b"] = 3; }), "w.st: b: has no dtype");
}

// A value or one sentence that begins with the file's name; anything else ends the test.
bool is_read(const std::string& bytes) {
  const auto message = refusal(bytes);
  EXPECT_TRUE(message.empty() || message.starts_with("w.st: ")) << message;
  return message.empty();
}

TEST(Safetensors, SurviveEveryFlippedBit) {
  const auto whole = file_of(header().dump(), data());
  for (std::size_t i = 0; i < whole.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      auto bytes = whole;
      bytes[i] = static_cast<char>(bytes[i] ^ (1 << bit));
      const bool is_data = i >= whole.size() - data().size();
      EXPECT_TRUE(is_read(bytes) || !is_data) << i;
    }
}

TEST(Safetensors, RefuseEveryTruncation) {
  const auto whole = file_of(header().dump(), data());
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(is_read(whole.substr(0, size))) << size;
}

TEST(Safetensors, SurviveRandomDamage) {
  const auto whole = file_of(header().dump(), data());
  for (std::uint64_t trial = 0; trial < 20'000; ++trial) {
    auto bytes = whole;
    const Key key{11, trial};
    for (std::uint64_t k = 0; k < 1 + trial % 6; ++k)
      bytes[uniform_below(key, 2 * k, bytes.size())] =
          static_cast<char>(random_bits(key, 2 * k + 1));
    is_read(bytes);
  }
}

TEST(Safetensors, NameTheFile) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "safetensors_test.safetensors";
  std::ofstream(path, std::ios::binary) << file_of(header().dump(), data());
  EXPECT_EQ(read_safetensors(path).size(), 2U);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 1);
  EXPECT_THAT([&] { read_safetensors(path); },
              ::testing::ThrowsMessage<Error>(HasSubstr(path.string() + ": n: data lies outside")));
  std::filesystem::remove(path);
  for (const auto& absent : {path, path.parent_path()})
    EXPECT_THAT([&] { read_safetensors(absent); },
                ::testing::ThrowsMessage<Error>(absent.string() + ": cannot be read"));
}

// 1 TiB on paper, a few bytes on the disk.
TEST(Safetensors, RefuseHugeFilesBeforeTheyCostMemory) {
  const std::uint64_t huge = std::uint64_t{1} << 40;
  const auto path = std::filesystem::path(::testing::TempDir()) / "safetensors_test.huge";
  const auto message = [&](const std::string& start) {
    std::ofstream(path, std::ios::binary) << start;
    std::filesystem::resize_file(path, huge);
    try {
      read_safetensors(path);
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what()).substr(path.string().size());
    }
  };
  const auto claimed = huge / 2;
  const json whole = {
      {"a", entry("F32", json::array({claimed / 4}), json::array({std::uint64_t{0}, claimed}))}};
  const std::uint64_t header = huge - 8;
  EXPECT_THAT(message(""), HasSubstr(": not valid JSON"));
  EXPECT_EQ(message(bytes_of(std::vector<std::uint64_t>{header})),
            ": a safetensors header must be at most 64 MiB, got 1099511627768 bytes");
  EXPECT_EQ(message(file_of(whole.dump(), "")),
            ": weights must take at most 4 GiB, got 549755813888 bytes");
  EXPECT_EQ(message(file_of("{}", "")), "");
  std::filesystem::remove(path);
}

TEST(Safetensors, PrintNamesAndTypesHarmlessly) {
  const auto text = "\x1b[2J\n" + std::string(1'000'000, 'n');
  const auto cut = "\\x1b[2J\\x0a" + std::string(59, 'n') + "...";
  EXPECT_EQ(refusal_after([&](json& object) { object["b"]["dtype"] = text; }),
            "w.st: b: only F32, F16 and BF16 tensors are read, got " + cut);
  EXPECT_EQ(refusal_after([&](json& object) { object[text] = 3; }),
            "w.st: " + cut + ": has no dtype");
}

TEST(MatchWeights, TakesWhatTheGraphNeedsAndNamesWhatIsWrong) {
  const auto graph = model("resnet20");
  auto imported = random_weights(graph, {1, 1});
  imported["other"] = {{1}, {1}};
  EXPECT_EQ(match_weights(graph, imported), random_weights(graph, {1, 1}));
  const auto message = [&] {
    try {
      match_weights(graph, imported);
      return std::string();
    } catch (const Error& error) {
      return std::string(error.what());
    }
  };
  imported["layer1.0.conv1.weight"].shape = {16, 16, 9, 1};
  EXPECT_EQ(message(), "layer1.0.conv1.weight: shape must be [16, 16, 3, 3], got [16, 16, 9, 1]");
  imported.erase("bn1.running_var");
  EXPECT_EQ(message(), "bn1.running_var: the weights file has no tensor of this name");
}

TEST(MatchWeights, FindsEveryParameterOfThePublishedResNet20) {
  CITRINE_SHARED_DATA(path, "weights/resnet20-12fca82f.safetensors");
  const auto graph = model("resnet20");
  const auto imported = read_safetensors(path);
  EXPECT_EQ(imported.size(), parameter_shapes(graph).size());
  EXPECT_EQ(match_weights(graph, imported), imported);
}

}  // namespace
}  // namespace citrine
