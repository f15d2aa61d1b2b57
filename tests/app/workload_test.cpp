// Operations and energy as the program shows them.
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "app/program.h"
#include "app/workload_table.h"
#include "graph/graph_builder.h"
#include "kernels/error.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

std::string output_of(const WorkFolder& folder, const std::vector<std::string>& words) {
  const auto finished = run(folder.path(), words);
  EXPECT_EQ(finished.status, 0) << finished.err;
  return finished.out;
}

// 40,551,040 multiply-accumulates; the first layer has 27 steps, which are 14 cycles of pairs.
TEST(Workload, OfResNet20UnderSchemes) {
  const WorkFolder folder;
  const std::vector<std::string> inspect = {"inspect", "resnet20", "--schemes",
                                            "linear8,pot4,twohot4/linear6"};
  auto words = inspect;
  words.insert(words.end(), {"--format", "json"});
  const auto rows = Json::parse(output_of(folder, words)).at("dot_products").at("schemes");
  EXPECT_EQ(rows.at(0).at("multiplies"), 40551040);
  EXPECT_EQ(rows.at(0).at("additions"), 40551040);
  EXPECT_EQ(rows.at(0).at("shifts"), 0);
  EXPECT_EQ(rows.at(0).at("weight_bytes"), 268336 + 4 * (16 * 7 + 32 * 6 + 64 * 6 + 10));
  EXPECT_NEAR(rows.at(0).at("energy_pj").get<double>(), 40551040 * 0.3, 1);
  EXPECT_EQ(rows.at(1).at("multiplies"), 0);
  EXPECT_EQ(rows.at(1).at("cycles"), (40551040 + 16384) / 2);
  EXPECT_EQ(rows.at(2).at("cycles"), 40551040);
  EXPECT_EQ(rows.at(2).at("shifts"), 2 * 40551040);
  EXPECT_THAT(output_of(folder, inspect), HasSubstr("twohot4/linear6"));
}

// The numbers that docs/method.md shows.
TEST(Workload, OfResNet20AsDocumented) {
  std::ifstream file(CITRINE_SOURCE_DIR "/docs/method.md");
  const std::string page(std::istreambuf_iterator<char>(file), {});
  const WorkFolder folder;
  const auto json =
      Json::parse(output_of(folder, {"inspect", "resnet20", "--format", "json", "--schemes",
                                     "linear8,linear4,pot4,twohot4,logsqrt5"}));
  for (const auto& row : json.at("dot_products").at("schemes")) {
    const auto millions = [&](const char* key) {
      const double value = row.at(key).get<double>() / 1e6;
      return value == 0 ? std::string("0") : fmt::format("{:.2f}", value);
    };
    EXPECT_THAT(page,
                HasSubstr(fmt::format("\n| `{}` | {} | {} | {} | {} | {} |\n",
                                      row.at("scheme").get<std::string>(), millions("multiplies"),
                                      millions("shifts"), millions("cycles"), millions("energy_pj"),
                                      row.at("weight_bytes").get<int>())));
  }
}

TEST(Workload, RefusesUnknownSchemesAndHugeDotProducts) {
  GraphBuilder builder({1, 1, 1});
  builder.convolution("huge", 0,
                      {.channels = 1, .kernel = 60000, .stride = 60000, .padding = 30000});
  const auto graph = std::move(builder).build();
  const auto error_of = [&](const char* scheme) -> std::string {
    try {
      schemes_json(graph, {scheme}, {});
    } catch (const Error& error) {
      return error.what();
    }
    return "no error";
  };
  EXPECT_EQ(error_of("pot4"),
            "huge: a dot product may have at most 2147483647 steps, got 3600000000");
  EXPECT_THAT(error_of("pto4"), HasSubstr("did you mean 'pot4'"));
}

class IntegerWorkload : public ::testing::Test {
 protected:
  void SetUp() override {
    output_of(folder_,
              {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "n.h5"});
  }
  void quantize(const std::string& scheme) const {
    output_of(folder_, {"quantize", "n.h5", "--data", "images.bin", "--images", "16", "--scheme",
                        scheme, "--out", "i.h5", "--overwrite"});
  }
  Json inspected(std::vector<std::string> more = {}) const {
    std::vector<std::string> words = {"inspect", "i.h5", "--format", "json"};
    words.insert(words.end(), more.begin(), more.end());
    return Json::parse(output_of(folder_, words)).at("integer");
  }

  const WorkFolder folder_;
};

TEST_F(IntegerWorkload, OfAnIntegerNetworkLayerByLayer) {
  quantize("linear8");
  const auto linear = inspected();
  quantize("pot4");
  const auto pot = inspected();
  EXPECT_EQ(pot.at("total").at("multiplies"), 0);
  EXPECT_GT(pot.at("total").at("zero_shifts"), 0);
  EXPECT_LT(pot.at("total").at("weight_bytes"), linear.at("total").at("weight_bytes"));
  EXPECT_LT(pot.at("total").at("energy_pj"), linear.at("total").at("energy_pj"));
  std::int64_t multiplies = 0;
  for (const auto& layer : linear.at("layers")) {
    EXPECT_EQ(layer.at("weight_format"), "linear8");
    multiplies += layer.at("multiplies").get<std::int64_t>();
  }
  EXPECT_EQ(linear.at("total").at("multiplies"), multiplies);
  EXPECT_THAT(output_of(folder_, {"inspect", "i.h5"}), HasSubstr("pot4"));
}

TEST_F(IntegerWorkload, ComparedSchemes) {
  std::vector<std::string> words = {"quantize", "n.h5", "--data",    "images.bin",
                                    "--images", "16",   "--compare", "linear8,twohot4",
                                    "--format", "json"};
  const auto rows = Json::parse(output_of(folder_, words)).at("schemes");
  const auto &linear = rows.at(0), &two_hot = rows.at(1);
  EXPECT_GT(linear.at("multiplies"), 0);
  EXPECT_EQ(two_hot.at("multiplies"), 0);
  EXPECT_EQ(two_hot.at("cycles"), linear.at("cycles"));
  EXPECT_GT(two_hot.at("shifts"), two_hot.at("zero_shifts"));
  EXPECT_LT(two_hot.at("energy_pj"), linear.at("energy_pj"));
  ASSERT_EQ(two_hot.at("layers").size(), linear.at("layers").size());
  EXPECT_EQ(linear.at("layers").front().at("name"), "input");
  EXPECT_NEAR(linear.at("layers").back().at("signal_to_noise_db").get<double>(),
              linear.at("logits_signal_to_noise_db").get<double>(), 0.05);
  EXPECT_GT(linear.at("layers").at(1).at("signal_to_noise_db"),
            two_hot.at("layers").at(1).at("signal_to_noise_db"));
  words.insert(words.end(), {"--energy", "none.json"});
  EXPECT_THAT(run(folder_.path(), words).err, HasSubstr("none.json"));
}

TEST_F(IntegerWorkload, WithATableOfOnesOwn) {
  quantize("pot4");
  std::ofstream(folder_ / "twice.json") << R"({"source": "twice", "add_32_bit_pj": 0.2,
    "shift_32_bit_pj": 0.26, "multiply_8_bit_pj": 0.4, "sram_32_bit_pj": 10, "dram_32_bit_pj": 640})";
  const auto once = inspected().at("total"),
             twice = inspected({"--energy", "twice.json"}).at("total");
  EXPECT_NEAR(twice.at("energy_pj").get<double>(), 2 * once.at("energy_pj").get<double>(), 1e-3);
  EXPECT_EQ(twice.at("weight_read_pj"), once.at("weight_read_pj"));
  std::ofstream(folder_ / "bad.json") << R"({"source": "bad"})";
  const auto refused = run(folder_.path(), {"inspect", "i.h5", "--energy", "bad.json"});
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("bad.json must have the key"));
  EXPECT_THAT(run(folder_.path(), {"inspect", "i.h5", "--energy", "none.json"}).err,
              HasSubstr("none.json"));
}

}  // namespace
}  // namespace citrine::testing
