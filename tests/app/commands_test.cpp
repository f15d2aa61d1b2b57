// The built program, from a few random pictures to a report.
#include <fstream>
#include <set>
#include <sstream>
#include <tuple>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "app/program.h"
#include "graph/graph_json.h"
#include "store/files.h"

namespace citrine::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;

Finished succeed(const WorkFolder& folder, const std::vector<std::string>& words) {
  auto finished = run(folder.path(), words);
  EXPECT_EQ(finished.status, 0) << words.front() << ": " << finished.err;
  return finished;
}

TEST(Commands, FromPicturesToAReport) {
  const WorkFolder folder;
  succeed(folder,
          {"train", "lemonade_1", "--data", "images.bin", "--epochs", "2", "--out", "net.h5"});
  EXPECT_FALSE(fs::exists(folder / "net.h5.checkpoint.h5"));

  const auto evaluated = nlohmann::json::parse(
      succeed(folder, {"evaluate", "net.h5", "--data", "images.bin", "--format", "json"}).out);
  EXPECT_EQ(evaluated.at("total"), 96);
  EXPECT_LE(evaluated.at("interval").at(0), evaluated.at("accuracy"));

  succeed(folder,
          {"quantize", "net.h5", "--data", "images.bin", "--images", "32", "--out", "integer.h5"});
  const auto integer = nlohmann::json::parse(
      succeed(folder, {"evaluate", "integer.h5", "--data", "images.bin", "--format", "json"}).out);
  EXPECT_NEAR(integer.at("accuracy").get<double>(), evaluated.at("accuracy").get<double>(), 0.1);

  succeed(folder, {"inject", "integer.h5", "--data", "images.bin", "--images", "4", "--trials",
                   "20", "--rates", "1e-3", "--curve-seeds", "2", "--out", "campaign.h5"});
  EXPECT_FALSE(fs::exists(folder / "campaign.h5.partial"));

  // A network and its campaign are one entry; a second campaign of the same name is another one.
  fs::create_directory(folder / "other");
  fs::copy(folder / "campaign.h5", folder / "other/campaign.h5");
  const auto page = succeed(folder, {"report", "campaign.h5", "integer.h5", "other/campaign.h5",
                                     "--out", "report"})
                        .out;
  EXPECT_THAT(page, HasSubstr("index.html"));
  for (const auto* figure : {"prediction.svg", "layers_campaign.svg", "layers_campaign_2.svg"})
    EXPECT_TRUE(fs::exists(folder / "report" / figure)) << figure;
  EXPECT_FALSE(fs::exists(folder / "report/layers_integer.svg"));
}

TEST(Commands, SchemesAreComparedInOneCall) {
  const WorkFolder folder;
  succeed(folder,
          {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "n.h5"});
  std::vector<std::string> compare = {
      "quantize", "n.h5", "--data",    "images.bin",
      "--images", "16",   "--compare", "linear8,pot4/linear6,twohot3"};
  EXPECT_THAT(succeed(folder, compare).out, HasSubstr("pot4/linear6"));
  compare.insert(compare.end(), {"--format", "json"});
  const auto json = nlohmann::json::parse(succeed(folder, compare).out);
  ASSERT_EQ(json.at("schemes").size(), 3U);
  const auto& [linear, pot] = std::tie(json.at("schemes")[0], json.at("schemes")[1]);
  EXPECT_EQ(linear.at("scheme"), "linear8");
  EXPECT_EQ(linear.at("draws")[0].at("total"), json.at("float").at("total"));
  EXPECT_LE(linear.at("disagreements"), json.at("float").at("total"));
  EXPECT_GT(linear.at("logits_signal_to_noise_db"), 20);
  EXPECT_GT(linear.at("weight_bytes"), pot.at("weight_bytes"));
  succeed(folder, {"quantize", "n.h5", "--data", "images.bin", "--images", "16", "--scheme",
                   "pot4/linear6", "--per-channel", "--tune", "2", "--out", "pot.h5"});
  const auto against =
      nlohmann::json::parse(succeed(folder, {"evaluate", "n.h5", "--data", "images.bin",
                                             "--against", "pot.h5", "--format", "json"})
                                .out);
  EXPECT_LE(against.at("against").at("disagreements"), against.at("total"));
  EXPECT_GT(against.at("against").at("logits_signal_to_noise_db"), 5);
  EXPECT_THAT(
      succeed(folder, {"evaluate", "n.h5", "--data", "images.bin", "--against", "n.h5"}).out,
      HasSubstr(", the same logits"));
  EXPECT_THAT(run(folder.path(), {"evaluate", "n.h5", "--data", "images.bin", "--against", "n.h5",
                                  "--weights", "n.h5"})
                  .err,
              HasSubstr("n.h5 and n.h5 are two"));
  succeed(folder, {"inject", "pot.h5", "--data", "images.bin", "--images", "3", "--trials", "9",
                   "--out", "campaign.h5"});
  compare.insert(compare.end(), {"--out", "i.h5"});
  EXPECT_THAT(run(folder.path(), compare).err, HasSubstr("leave --out away"));
  compare.resize(compare.size() - 2);
  compare.insert(compare.end(), {"--least-snr", "9"});
  EXPECT_THAT(run(folder.path(), compare).err, HasSubstr("--least-snr is for --allocate"));
}

TEST(Commands, LayersGetSchemesWithinALimit) {
  const WorkFolder folder;
  succeed(folder,
          {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "n.h5"});
  const std::vector<std::string> quantize = {"quantize", "n.h5", "--data",     "images.bin",
                                             "--images", "16",   "--out",      "i.h5",
                                             "--format", "json", "--overwrite"};
  const auto allocate = [&](const std::vector<std::string>& limit) {
    auto words = quantize;
    words.insert(words.end(), {"--allocate", "linear8,linear4,linear2"});
    words.insert(words.end(), limit.begin(), limit.end());
    return run(folder.path(), words);
  };
  const auto found = allocate({"--least-snr", "15"});
  ASSERT_EQ(found.status, 0) << found.err;
  const auto schemes = nlohmann::json::parse(found.out).at("schemes");
  EXPECT_EQ(schemes.at("scheme"), "linear8/linear8");
  EXPECT_GT(schemes.at("layers").size(), 2U);
  // What was found is a scheme file.
  std::ofstream(folder / "schemes.json") << schemes;
  auto words = quantize;
  words.insert(words.end(), {"--scheme", "schemes.json"});
  EXPECT_EQ(nlohmann::json::parse(succeed(folder, words).out).at("fingerprint"),
            nlohmann::json::parse(found.out).at("fingerprint"));
  EXPECT_THAT(allocate({"--most-bytes", "10"}).err, HasSubstr("must be within 10, but is"));
  EXPECT_THAT(allocate({"--most-operations", "10"}).err, HasSubstr("must be within 10, but is"));
  EXPECT_THAT(allocate({}).err, HasSubstr("--allocate needs one of"));
  std::ofstream(folder / "schemes.json") << R"({"scheme": "pot4", "layers": {"conv": "pot3"}})";
  EXPECT_THAT(run(folder.path(), words).err, HasSubstr("did you mean"));
  words.back() = "missing.json";
  EXPECT_THAT(run(folder.path(), words).err, HasSubstr("missing.json: cannot be read"));
  // A folder of a scheme's name is none of its business.
  fs::create_directory(folder / "linear8");
  words.back() = "linear8";
  succeed(folder, words);
}

// As after a kill between the writing of a result and the removal of what it grew in.
TEST(Commands, AResultWithItsLeftoverIsFinishedByTheSameCommandOnly) {
  const WorkFolder folder;
  const std::vector<std::string> train = {"train",    "lemonade_1", "--data", "images.bin",
                                          "--epochs", "1",          "--out",  "n.h5"};
  succeed(folder, train);
  succeed(folder, {"quantize", "n.h5", "--data", "images.bin", "--images", "8", "--out", "i.h5"});
  const std::vector<std::string> inject = {"inject", "i.h5",     "--data", "images.bin", "--images",
                                           "4",      "--trials", "5",      "--out",      "c.h5"};
  const auto first = succeed(folder, inject);
  for (const auto& [words, result, leftover] :
       {std::tuple{train, "n.h5", "n.h5.checkpoint.h5"}, {inject, "c.h5", "c.h5.partial"}}) {
    const auto before = read_bytes(folder / result);
    std::ofstream(folder / leftover).flush();
    auto other = words;
    other.insert(other.end(), {"--seed", "7"});
    const auto refused = run(folder.path(), other);
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.err, HasSubstr("--overwrite"));
    EXPECT_TRUE(fs::exists(folder / leftover));
    const auto again = succeed(folder, words);
    EXPECT_FALSE(fs::exists(folder / leftover));
    EXPECT_EQ(read_bytes(folder / result), before);
    if (words == inject) {
      EXPECT_EQ(again.out, first.out);
    }
  }
}

TEST(Commands, HelpOfOneCommandIsFoundInEveryWay) {
  const WorkFolder folder;
  const auto help = succeed(folder, {"train", "--help"}).out;
  EXPECT_THAT(help, HasSubstr("usage: citrine train"));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"help", "train"}, {"--help", "train"}, {"train", "-h"}})
    EXPECT_EQ(succeed(folder, words).out, help);
}

TEST(Commands, AnExistingResultIsKeptUnlessOverwritten) {
  const WorkFolder folder;
  const std::vector<std::string> train = {"train",    "lemonade_1", "--data", "images.bin",
                                          "--epochs", "1",          "--out",  "n.h5"};
  succeed(folder, train);
  const auto before = read_bytes(folder / "n.h5");
  const auto refused = run(folder.path(), train);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("--overwrite"));
  EXPECT_EQ(read_bytes(folder / "n.h5"), before);
  auto again = train;
  again.insert(again.end(), {"--overwrite", "--seed", "7"});
  succeed(folder, again);
  EXPECT_NE(read_bytes(folder / "n.h5"), before);
}

TEST(Commands, ARowReplayedAloneGivesItself) {
  const WorkFolder folder;
  succeed(folder,
          {"train", "lemonade_1", "--data", "images.bin", "--epochs", "1", "--out", "net.h5"});
  succeed(folder,
          {"quantize", "net.h5", "--data", "images.bin", "--images", "16", "--out", "integer.h5"});
  const std::vector<std::string> inject = {
      "inject",   "integer.h5", "--data",   "images.bin",
      "--images", "3",          "--sites",  "accumulator,weight_memory",
      "--trials", "8",          "--format", "json"};
  const auto only = [&](const std::string& row) {
    auto words = inject;
    words.insert(words.end(), {"--only", row});
    return nlohmann::json::parse(succeed(folder, words).out);
  };
  EXPECT_EQ(only("3").at("site"), "accumulator");
  EXPECT_EQ(only("11").at("site"), "weight_memory");
  EXPECT_EQ(only("11"), only("11"));
  EXPECT_NE(only("10"), only("11"));
  auto beyond = inject;
  beyond.insert(beyond.end(), {"--only", "16"});
  const auto refused = run(folder.path(), beyond);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("row 16 is not one of the campaign's 16 rows"));
}

std::set<std::string> front_of_csv(const fs::path& path) {
  std::ifstream file(path);
  std::set<std::string> front;
  for (std::string line; std::getline(file, line);) {
    std::istringstream cells(line);
    std::string id, parent, generation, is_on_front;
    std::getline(cells, id, ',');
    std::getline(cells, parent, ',');
    std::getline(cells, generation, ',');
    std::getline(cells, is_on_front, ',');
    if (is_on_front == "1") front.insert(id);
  }
  return front;
}

TEST(Commands, InspectCountsResNet20) {
  const WorkFolder folder;
  const auto json =
      nlohmann::json::parse(succeed(folder, {"inspect", "resnet20", "--format", "json"}).out);
  EXPECT_EQ(json.at("macs"), 40551040);
  EXPECT_EQ(json.at("parameters"), 269722);
  EXPECT_FALSE(json.at("layers").empty());
  EXPECT_NEAR(json.at("objectives").at("sensitivity_mean").get<double>(), 65.0 / 622592, 1e-12);
  EXPECT_NEAR(json.at("objectives").at("flip_amplitude").get<double>(), 0.1095, 1e-4);
  EXPECT_THAT(succeed(folder, {"inspect", "resnet20"}).out, HasSubstr("40551040"));
}

// The sums are those of the layers; a file of one's own counts.
TEST(Commands, InspectSumsItsLayers) {
  const WorkFolder folder;
  auto machine = read_json(CITRINE_SOURCE_DIR "/src/app/accelerators/tpu.json");
  machine["name"] = "mine";
  machine["frames"] = 2;
  write_text(folder / "mine.json", machine.dump());
  for (const std::string accelerator : {"microcontroller", "eyeriss", "tpu", "mine.json"}) {
    const auto json = nlohmann::json::parse(
        succeed(folder, {"inspect", "resnet20", "--accelerator", accelerator, "--format", "json"})
            .out);
    const auto& cost = json.at("cost");
    const double frames = cost.at("frames_at_a_time");
    std::int64_t cycles = 0, bytes = 0;
    double energy = 0;
    for (const auto& layer : json.at("layers")) {
      cycles += layer.value("cycles", 0);
      bytes += layer.value("transfer_bytes", 0);
      energy += layer.value("energy_pj", 0.0);
    }
    EXPECT_EQ(cost.at("cycles_per_frame"), static_cast<double>(cycles) / frames);
    EXPECT_EQ(cost.at("transfer_bytes_per_frame"), static_cast<double>(bytes) / frames);
    EXPECT_EQ(json.at("objectives").at("transfer_bytes"), cost.at("transfer_bytes_per_frame"));
    EXPECT_NEAR(cost.at("energy_pj_per_frame").get<double>(), energy / frames, energy * 1e-12);
    EXPECT_EQ(cost.at("operations_per_frame"), 2 * 40551040);
    EXPECT_EQ(cost.at("accelerator"), accelerator == "mine.json" ? "mine" : accelerator);
  }
}

TEST(Commands, InspectShowsTheScheduleAndDraws) {
  const WorkFolder folder;
  const auto json = nlohmann::json::parse(
      succeed(folder, {"inspect", "resnet20", "--format", "json", "--out", "pictures"}).out);
  const auto& schedule = json.at("layers").at(1).at("schedule");
  EXPECT_EQ(schedule.at("tile_channels"), 3);
  EXPECT_EQ(schedule.at("stationary"), "output_stationary");
  EXPECT_THAT(succeed(folder, {"inspect", "resnet20"}).out,
              HasSubstr(schedule.at("order").get<std::string>() + "; 32x32 of 15 filters"));
  for (const char* name : {"roofline", "layers", "sensitivity_network"})
    EXPECT_THAT(read_text(folder / "pictures" / (std::string(name) + ".svg")), HasSubstr("</svg>"));
}

TEST(Commands, BenchGivesRatiosOfEverySite) {
  const WorkFolder folder;
  const auto json = nlohmann::json::parse(
      succeed(folder, {"bench", "lemonade_1", "--trials", "20", "--format", "json"}).out);
  EXPECT_GT(json.at("integer_forward_per_float"), 0);
  ASSERT_EQ(json.at("trials").size(), 13U);  // shift-based elements and multipliers lack
  for (const auto& trial : json.at("trials"))
    EXPECT_GT(trial.at("per_float_inference"), 0) << trial.at("kind");
}

// 1000 trials are more than the pairs of some sites.
TEST(Commands, BenchRunsAtMostTheTrialsThatASiteHas) {
  const WorkFolder folder;
  make_integer_network(folder);
  const auto json =
      nlohmann::json::parse(succeed(folder, {"bench", "small.json", "--format", "json"}).out);
  for (const auto& trial : json.at("trials"))
    EXPECT_GT(trial.at("per_integer_inference"), 0) << trial.at("kind");
}

TEST(Commands, ASearchWritesItsRunAndSaysWhenItIsFinished) {
  const WorkFolder folder;
  const std::vector<std::string> search = {
      "search", "--data",     "images.bin", "--start",       "lemonade_1", "--start-epochs",
      "1",      "--epochs",   "1",          "--generations", "2",          "--children",
      "3",      "--accepted", "2",          "--run",         "run"};
  succeed(folder, search);
  const auto json = nlohmann::json::parse(read_bytes(folder / "run/generations.json"));
  EXPECT_EQ(json.at("objectives").size(), 4U);
  EXPECT_EQ(json.at("generations").back().at("generation"), 2);
  for (const auto* name : {"config.ini", "log.txt", "timing.json", "candidates/000000.h5"})
    EXPECT_TRUE(fs::exists(folder / "run" / name)) << name;
  succeed(folder, {"report", "run", "--out", "report"});
  std::set<std::string> archive;
  for (const auto& id : json.at("generations").back().at("archive")) archive.insert(id.dump());
  EXPECT_EQ(front_of_csv(folder / "report/candidates.csv"), archive);
  EXPECT_THAT(succeed(folder, search).err, HasSubstr("is finished"));
  EXPECT_THAT(succeed(folder, {"search", "--config", "run/config.ini", "--run", "run"}).err,
              HasSubstr("is finished"));

  // As a kill before the last generation leaves it; nothing is left to train.
  fs::remove(folder / "run/generations.json");
  std::ofstream(folder / "run/timing.json") << R"({"seconds": 1000, "training_seconds": 900})";
  succeed(folder, search);
  const auto timing = nlohmann::json::parse(read_bytes(folder / "run/timing.json"));
  EXPECT_GT(timing.at("seconds"), 1000);
  EXPECT_EQ(timing.at("training_seconds"), 900);

  auto other = search;
  other.insert(other.end(), {"--batch", "32"});
  const auto refused = run(folder.path(), other);
  EXPECT_EQ(refused.status, 1);
  EXPECT_THAT(refused.err, HasSubstr("batch is 32 here and 64 there"));
}

TEST(Commands, HelpAndVersionNeedNoWork) {
  const WorkFolder folder;
  EXPECT_THAT(succeed(folder, {"--help"}).out, HasSubstr("quickstart"));
  EXPECT_THAT(succeed(folder, {"inject", "--help"}).out, HasSubstr("--trials"));
  EXPECT_THAT(succeed(folder, {"--version"}).out, HasSubstr("citrine 0."));
}

}  // namespace
}  // namespace citrine::testing
