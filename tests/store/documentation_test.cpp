// What docs/format.md shows holds: its Python runs on files of ours, its graph is one, its versions
// are those that are written.
#include <sys/wait.h>

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include <gmock/gmock.h>

#include "graph/graph_json.h"
#include "store/schema.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::HasSubstr;

using PythonTest = StoreTest;

struct Finished {
  int status = -1;
  std::string output;
};

Finished run(const std::string& command) {
  std::FILE* pipe = ::popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) return {};
  Finished finished;
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe))
    finished.output += static_cast<char>(letter);
  finished.status = WEXITSTATUS(::pclose(pipe));
  return finished;
}

std::string page_text() {
  return read_text(std::filesystem::path(CITRINE_SOURCE_DIR) / "docs/format.md");
}

// All blocks of the page in a language, one after another.
std::string documented(const std::string& language) {
  std::istringstream page(page_text());
  std::string code, line;
  bool is_code = false;
  while (std::getline(page, line)) {
    if (line == "```")
      is_code = false;
    else if (is_code)
      code += line + "\n";
    else
      is_code = line == "```" + language;
  }
  return code;
}

TEST(Documentation, TheGraphIsOne) {
  const auto graph = graph_from_json(parse_json(documented("json"), "docs/format.md"));
  EXPECT_EQ(graph.classes(), 10);
  EXPECT_EQ(to_json(graph), nlohmann::json::parse(documented("json")));
}

TEST(Documentation, VersionsAreThoseOfTheFiles) {
  for (const auto& [name, version] : kSchemas)
    EXPECT_THAT(page_text(),
                HasSubstr("| `" + std::string(name) + "` " + std::to_string(version) + " |"));
}

TEST_F(PythonTest, TheDocumentedLinesRun) {
  for (const auto& module : {std::string("h5py"), std::string("pandas")})
    if (run("python3 -c 'import " + module + "'").status != 0)
      GTEST_SKIP() << "the Python module " << module << " is absent";
  write_network(path("network.h5"), sample_network());
  write_integer_network(path("integer.h5"), sample_integer_network());
  auto campaign = sample_campaign();
  campaign.result.faults_per_trial = 2;
  for (auto& row : campaign.result.rows) row.further = {row.fault};
  campaign.result.rows[4].further[0].bit = 3;
  write_campaign(path("campaign.h5"), campaign);
  write_exhaustive(path("exact.h5"), sample_exhaustive());
  auto shard = sample_campaign();
  shard.origin.config["trials"] = 10;
  shard.origin.record["shard"] = "2/3";
  write_campaign(path("shard.h5"), shard);
  std::ofstream(path("check.py")) << documented("python") << R"(
assert origin["objectives"]["error_rate"] == 0.125
assert seed == 0xfedcba9876543210
assert weights["stem"]["weight"].shape == (2, 1, 3, 3)
assert codes.tolist() == [[[[0x81], [0x7f]], [[0], [1]]]] and kind == "convolution"
assert values.tolist() == [[[[-127 / 64], [127 / 64]], [[0], [1 / 64]]]]
assert rows.site.tolist() == ["accumulator"] * 3 + ["weight_memory"] * 3
assert rows.outcome[4] == "sdc" and rows.bit[5] == 26 and rows.logit_change[3] == 0.75
assert rows.sdc5.tolist() == [False] * 4 + [True, False]
assert curve.faults.tolist() == [3, 1 << 40] and curve.rate[0] == 1e-5
assert bands.site.tolist() == ["weight_memory"] and bands.seeds[0] == 2
assert bands["mean"][0] == 0.7 and abs(bands.deviation[0] - 0.18 ** 0.5) < 1e-12
assert rises.rise.tolist() == [0.05, 0.5] and rises.rate.tolist() == [0, float("inf")]
assert channels.channel.tolist() == [0, 1, 0, 0, 2] and channels.sdc.sum() == 1
assert classes["class"].tolist() == [2, 2] and classes.sdc_share.tolist() == [0, 1 / 3]
assert summary.loc["weight_memory"].sdc == 1 and summary.trials.tolist() == [3, 3]
assert faults.row.tolist() == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5] and faults.bit.iloc[9] == 3
assert faults.site.tolist()[6:] == ["weight_memory"] * 6
assert criticality.tolist() == [1, 2, 3, 0, 1, 6]
assert shares["product"] == 13 / 48 and shares["activation_memory"] == 0
assert (index, count, first) == (2, 3, 3)
print("all there")
)";
  const auto finished = run("cd '" + folder().string() + "' && python3 check.py");
  EXPECT_EQ(finished.status, 0) << finished.output;
  EXPECT_THAT(finished.output, HasSubstr("all there"));
}

}  // namespace
}  // namespace citrine::testing
