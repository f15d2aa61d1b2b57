#include "app/accelerator_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "models/models.h"
#include "objectives/cost.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

Json good() { return read_json(CITRINE_SOURCE_DIR "/src/app/accelerators/eyeriss.json"); }

std::string error_of(const Json& json) {
  try {
    accelerator_from_json(json, "a.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

// The entry at a path such as "/array/rows".
std::string error_with(const char* path, const Json& value) {
  auto json = good();
  json[Json::json_pointer(path)] = value;
  return error_of(json);
}

TEST(AcceleratorFile, GivesItsEntries) {
  const auto a = accelerator_from_json(good(), "a.json");
  EXPECT_EQ(a.name, "eyeriss");
  EXPECT_EQ(a.rows, 12);
  EXPECT_EQ(a.columns, 14);
  EXPECT_FALSE(a.array_dataflow.has_value());
  EXPECT_EQ(a.buffer_bytes, 108 * 1024);
  EXPECT_EQ(a.weight_bits, 16);
  EXPECT_EQ(a.accumulator_bits, 16);
  EXPECT_EQ(a.clock_hz, 200e6);
  EXPECT_EQ(a.memory_bytes_per_s, 720e6);
  EXPECT_EQ(a.energies.dram_32_bit_pj, 340);
  EXPECT_FALSE(a.keeps_maps);
}

TEST(AcceleratorFile, ShipsThree) {
  for (const auto name : accelerator_names()) {
    const auto accelerator = load_accelerator(std::string(name));
    EXPECT_EQ(accelerator.name, name);
    EXPECT_FALSE(accelerator.source.empty());
    EXPECT_GT(cost(model("resnet20"), accelerator).energy_pj, 0);
  }
  EXPECT_EQ(accelerator_names().size(), 3U);
  EXPECT_EQ(load_accelerator("tpu").array_dataflow, Dataflow::weight_stationary);
  EXPECT_TRUE(load_accelerator("tpu").keeps_maps);
}

// Without a file the library computes for the first that is shipped.
TEST(AcceleratorFile, TheFirstIsTheDefault) {
  const auto shipped = load_accelerator("microcontroller");
  const Accelerator fallback;
  EXPECT_EQ(shipped.buffer_bytes, fallback.buffer_bytes);
  EXPECT_EQ(shipped.rows, fallback.rows);
  EXPECT_EQ(shipped.columns, fallback.columns);
  EXPECT_EQ(shipped.clock_hz, fallback.clock_hz);
  EXPECT_EQ(shipped.array_dataflow, fallback.array_dataflow);
  EXPECT_EQ(shipped.tile_dataflow, fallback.tile_dataflow);
  EXPECT_EQ(shipped.memory_bytes_per_s, fallback.memory_bytes_per_s);
  EXPECT_EQ(shipped.accumulator_bits, fallback.accumulator_bits);
}

TEST(AcceleratorFile, SaysWhatIsWrong) {
  EXPECT_EQ(error_with("/array/rows", 0), "a.json: rows of the array must be 1 to 1048576, got 0");
  EXPECT_EQ(error_with("/array/columns", -3),
            "a.json: columns of the array must be 1 to 1048576, got -3");
  EXPECT_EQ(error_with("/array/rows", 2.5), "a.json: 'rows' must be an integer, got 2.5");
  EXPECT_EQ(error_with("/array/rows", "12"), "a.json: 'rows' must be an integer, got string");
  EXPECT_THAT(error_with("/array/rows", 1 << 21), HasSubstr("rows of the array must be 1 to"));
  EXPECT_THAT(error_with("/buffer/bytes", 0), HasSubstr("bytes of the buffer must be 1 to"));
  EXPECT_THAT(error_with("/buffer/bytes", 18446744073709551615U), HasSubstr("an integer"));
  EXPECT_THAT(error_with("/clock_hz", 0), HasSubstr("the clock must be 1 to 1e+12 Hz, got 0"));
  EXPECT_THAT(error_with("/memory_bytes_per_s", -1), HasSubstr("bandwidth must be 1 to 1e+18"));
  EXPECT_THAT(error_with("/bits/weight", 65), HasSubstr("bits of a weight must be 1 to 64"));
  EXPECT_THAT(error_with("/frames", 0), HasSubstr("frames at a time must be 1"));
  EXPECT_THAT(error_with("/array/dataflow", "weights"), HasSubstr("weight_stationary"));
  EXPECT_THAT(error_with("/buffer/keeps_maps", 1), HasSubstr("must be true or false, got 1"));
  EXPECT_THAT(error_with("/energy", 7), HasSubstr("a.json: 'energy' must be an object"));
  EXPECT_THAT(error_with("/energy/add_32_bit_pj", -1), HasSubstr("must be at least 0"));
  EXPECT_THAT(error_with("/energy", "45mn"), HasSubstr("a.json: 'energy': '45nm' or a file"));
  EXPECT_THAT(error_with("/energy/add_32_bit_pj", 1e308), HasSubstr("must be at most 1e+12"));
  EXPECT_THAT(error_with("/name", "a\x1b[31m"), HasSubstr("no control characters"));
  EXPECT_THAT(error_with("/arrays", 1), HasSubstr("did you mean 'array'"));
  EXPECT_THAT(error_with("/buffer/byte", 1), HasSubstr("did you mean 'bytes'"));
  auto missing = good();
  missing["bits"].erase("weight");
  EXPECT_EQ(error_of(missing), "a.json: 'bits' must have the key 'weight'");
  missing = good();
  missing.erase("clock_hz");
  EXPECT_EQ(error_of(missing), "a.json must have the key 'clock_hz'");
  EXPECT_EQ(error_of(Json::array()), "a.json must be an object, got array");
  EXPECT_EQ(error_of(good()), "no error");
}

TEST(AcceleratorFile, NamesTheNearest) {
  try {
    load_accelerator("eyeris");
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("'eyeriss'"));
    EXPECT_THAT(error.what(), HasSubstr("path of a file"));
  }
}

// docs/format.md shows the one that is used where none is named.
TEST(AcceleratorFile, IsTheOneOfThePage) {
  const auto text = [](const char* path) {
    std::ifstream file(std::filesystem::path(CITRINE_SOURCE_DIR) / path);
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  EXPECT_THAT(text("docs/format.md"), HasSubstr(text("src/app/accelerators/microcontroller.json")));
}

}  // namespace
}  // namespace citrine
