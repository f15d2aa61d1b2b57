#include "app/energy_file.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const nlohmann::json kGood = {{"source", "a test"},     {"add_32_bit_pj", 1},
                              {"shift_32_bit_pj", 2.5}, {"multiply_8_bit_pj", 0},
                              {"sram_32_bit_pj", 5},    {"dram_32_bit_pj", 1e3}};

std::string error_of(const nlohmann::json& json) {
  try {
    energy_table(json, "t.json");
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

nlohmann::json changed(const char* key, const nlohmann::json& value) {
  auto json = kGood;
  json[key] = value;
  return json;
}

TEST(EnergyFile, GivesItsNumbers) {
  const auto table = energy_table(kGood, "t.json");
  EXPECT_EQ(table.source, "a test");
  EXPECT_EQ(table.add_32_bit_pj, 1);
  EXPECT_EQ(table.shift_32_bit_pj, 2.5);
  EXPECT_EQ(table.multiply_8_bit_pj, 0);
  EXPECT_EQ(table.sram_32_bit_pj, 5);
  EXPECT_EQ(table.dram_32_bit_pj, 1000);
}

TEST(EnergyFile, SaysWhatIsWrong) {
  auto missing = kGood;
  missing.erase("shift_32_bit_pj");
  EXPECT_EQ(error_of(missing), "t.json must have the key 'shift_32_bit_pj'");
  EXPECT_THAT(error_of(changed("add_32_bits_pj", 1)), HasSubstr("did you mean 'add_32_bit_pj'"));
  EXPECT_EQ(error_of(changed("add_32_bit_pj", -0.1)),
            "t.json: 'add_32_bit_pj' must be at least 0, got -0.1");
  EXPECT_THAT(error_of(changed("add_32_bit_pj", "0.1")), HasSubstr("must be a number, got string"));
  EXPECT_THAT(error_of(changed("\x1b[2J", 1)), Not(HasSubstr("\x1b")));
  EXPECT_THAT(error_of(changed("add_32_bit_pj", std::nan(""))), HasSubstr("must be at least 0"));
  EXPECT_THAT(error_of(changed("source", 7)), HasSubstr("must be a text, got 7"));
  EXPECT_EQ(error_of(nlohmann::json::array()), "t.json must be an object, got array");
}

std::string page() {
  std::ifstream file(CITRINE_SOURCE_DIR "/docs/format.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

// The built-in table is the file that is installed, and the one that the page shows.
TEST(EnergyFile, TheBuiltInTable) {
  const auto table = energy_table("45nm");
  const std::filesystem::path path = CITRINE_SOURCE_DIR "/src/app/energy_45nm.json";
  const auto shipped = energy_table(read_json(path), path.string());
  EXPECT_EQ(table.source, shipped.source);
  EXPECT_EQ(table.add_32_bit_pj, 0.1);
  EXPECT_EQ(table.shift_32_bit_pj, 0.13);
  EXPECT_EQ(table.multiply_8_bit_pj, 0.2);
  EXPECT_EQ(table.sram_32_bit_pj, 10);
  EXPECT_EQ(table.dram_32_bit_pj, 640);
  std::ifstream file(path);
  EXPECT_THAT(page(), HasSubstr(std::string(std::istreambuf_iterator<char>(file), {})));
}

}  // namespace
}  // namespace citrine
