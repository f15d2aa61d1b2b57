// Campaigns whose faults are in some layers.
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "app/inject_fixture.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using Json = nlohmann::json;

class InjectLayersTest : public InjectTest {};

// Faults of one layer, all of which are drawn: the counts are those of the layer.
TEST_F(InjectLayersTest, SomeLayersHaveAllFaults) {
  const auto layer = last_layer();
  const Words words = {"--layers", layer, "--sites", "bias_memory", "--format", "json"};
  const auto counted =
      Json::parse(succeed(inject(words + Words{"--exhaustive", "--out", "exact_layer.h5"}, "2")));
  const std::uint64_t pairs = counted.at("sites").at(0).at("faults");
  EXPECT_EQ(pairs, 2U * 10 * 32);
  ASSERT_EQ(counted.at("sites").at(0).at("layers").size(), 1U);
  EXPECT_EQ(counted.at("sites").at(0).at("layers").at(0).at("layer"), layer);
  const auto all = words + Words{"--trials",      std::to_string(pairs), "--rates",       "1e-3",
                                 "--curve-sites", "weight_memory",       "--curve-seeds", "1"};
  const auto drawn = Json::parse(succeed(inject(all + Words{"--out", "layer.h5"}, "2")));
  EXPECT_EQ(drawn.at("layers"), Json{layer});
  EXPECT_EQ(drawn.at("sites").at(0).at("population"), pairs);
  EXPECT_EQ(drawn.at("sites").at(0).at("sdc"), counted.at("sites").at(0).at("sdc"));
  const auto file = read_campaign(folder / "layer.h5");
  EXPECT_EQ(file.origin.config.at("layers"), Json{layer});
  for (const auto& row : file.result.rows) EXPECT_EQ(file.layers[row.fault.layer], layer);
  succeed({"report", "layer.h5", "exact_layer.h5", "--out", "page"});
  const auto page = read_bytes(folder / "page/index.html");
  const auto told = page.find("Faults of these layers alone: " + layer);
  ASSERT_NE(told, std::string::npos);
  EXPECT_NE(page.find("Faults of these layers alone: " + layer, told + 1), std::string::npos);
  const auto plan = Json::parse(succeed(inject(all + Words{"--plan"}, "2")));
  EXPECT_EQ(plan.at("sites").at(0).at("pairs"), pairs);
  EXPECT_EQ(plan.at("curve_points"), 1);
}

TEST_F(InjectLayersTest, OtherLayersAreAnotherCampaign) {
  const auto layer = last_layer();
  const Words words = {"--trials", "20", "--sites", "weight_memory"};
  const Words chosen = words + Words{"--layers", layer};
  succeed(inject(chosen + Words{"--shard", "1/2", "--out", "chosen.h5"}));
  succeed(inject(words + Words{"--shard", "2/2", "--out", "others.h5"}));
  succeed(inject(words + Words{"--out", "everywhere.h5"}));
  succeed(inject(chosen + Words{"--out", "somewhere.h5"}));
  for (const Words& command : {Words{"merge", "chosen.h5", "others.h5", "--out", "merged.h5"},
                               {"compare", "everywhere.h5", "somewhere.h5"},
                               inject(words + Words{"--shard", "1/2", "--out", "chosen.h5"})}) {
    const auto finished = run(folder.path(), command);
    EXPECT_EQ(finished.status, 1);
    EXPECT_THAT(finished.err, HasSubstr("layers"));
  }
  EXPECT_THAT(run(folder.path(), {"compare", "everywhere.h5", "somewhere.h5"}).err,
              HasSubstr("must be of the same images, seed and faults: layers is [\"" + layer +
                        "\"] here and \"all\" there"));
  expect_no_campaign({"--layers", layer + "x"}, 1, ("did you mean '" + layer + "'?").c_str());
  expect_no_campaign({"--layers", layer + "," + layer}, 1, "must be named once");
  expect_no_campaign({"--layers", layer, "--sites", "array_weight"}, 1,
                     "in the chosen layers, got none");
  expect_no_campaign({"--layers", layer, "--sites", "output_register", "--exhaustive"}, 1,
                     "in the chosen layers, got none");
  expect_no_campaign({"--layers", layer, "--sites", "product", "--rates", "0.1", "--curve-sites",
                      "activation_memory"},
                     1, "must have faults in the chosen layers");
}

TEST_F(InjectLayersTest, EachLayerHasAName) {
  for (const auto& layers : Words{"", ",", last_layer() + ",,"})
    expect_no_campaign({"--layers", layers}, 1,
                       ("must not have an empty name, got '" + layers + "'").c_str());
}

// The last layer stores no activations.
TEST_F(InjectLayersTest, OnlyNamedSitesMustHaveFaults) {
  const Words words = {"--layers", last_layer(), "--format", "json"};
  const auto sites_of = [&](const Words& more, const char* part) {
    std::vector<std::string> sites;
    const auto json = Json::parse(succeed(inject(words + more)));
    for (const auto& entry : json.at(part)) sites.push_back(entry.at("site"));
    return sites;
  };
  const Words operands = {"weight_operand", "activation_operand", "product", "accumulator"};
  EXPECT_EQ(sites_of({"--trials", "5", "--out", "default.h5"}, "sites"),
            operands + Words{"weight_memory"});
  EXPECT_EQ(sites_of({"--exhaustive", "--plan"}, "sites"), operands);
  EXPECT_EQ(sites_of({"--trials", "5", "--sites", "product", "--rates", "1e-4", "--curve-seeds",
                      "1", "--out", "default_curve.h5"},
                     "curve"),
            Words{"weight_memory"});
}

TEST_F(InjectLayersTest, SomeFaultsMustBeThere) {
  const auto input = read_integer_network(folder / "i.h5").network.layers.front().name;
  for (const auto& kind : Words{"--trials=5", "--exhaustive"})
    expect_no_campaign({"--layers", input, kind}, 1,
                       "the chosen layers must have faults in one of weight_operand, ");
  expect_no_campaign({"--layers", input, "--sites", "all"}, 1,
                     "the chosen layers must have faults, got none");
}

// A layer named in an .ini file is one of the command line.
TEST_F(InjectLayersTest, LayersAreNamedInAConfig) {
  std::ofstream(folder / "layers.ini") << "layers = " << last_layer() << "\nsites = product\n";
  succeed(inject({"--config", "layers.ini", "--trials", "5", "--out", "ini.h5"}));
  EXPECT_EQ(read_origin(folder / "ini.h5").config.at("layers"), Json{last_layer()});
}

}  // namespace
}  // namespace citrine::testing
