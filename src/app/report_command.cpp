#include <algorithm>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <span>
#include <utility>
#include <vector>

#include <spdlog/spdlog.h>

#include "app/commands.h"
#include "app/comparison.h"
#include "app/settings.h"
#include "kernels/error.h"
#include "report/report.h"
#include "store/files.h"
#include "store/schema.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Of the inputs that are whole campaigns, if there are several under the same images; else null.
nlohmann::ordered_json comparison_of(std::span<const fs::path> inputs) {
  std::vector<fs::path> paths;
  std::ranges::copy_if(inputs, std::back_inserter(paths), [](const fs::path& path) {
    return fs::is_regular_file(path) && schema_of(path) == kCampaignSchema.name;
  });
  if (paths.size() < 2) return nullptr;  // rows are not read in vain
  std::vector<NamedCampaign> campaigns;
  for (const auto& path : paths) {
    auto file = read_campaign(path);
    const auto& record = file.origin.record;
    if (!record.contains("shard") && !record.value("unfinished", false))
      campaigns.push_back({path.stem().string(), std::move(file)});
  }
  if (campaigns.size() < 2) return nullptr;
  try {
    return comparison_json(campaigns, campaigns.front().file.result.rises);
  } catch (const Error& error) {
    spdlog::info("the report compares no campaigns: {}", error.what());
    return nullptr;
  }
}

}  // namespace

void run_report(const Options& options) {
  const std::filesystem::path out = options.text("out");
  if (std::filesystem::exists(out / "index.html") && !options.toggle("overwrite"))
    throw Error((out / "index.html").string(), " exists: --overwrite replaces it");
  std::vector<std::filesystem::path> inputs;
  for (const auto& argument : options.arguments()) inputs.emplace_back(argument);
  std::cout << write_report(inputs, out, comparison_of(inputs)).string() << '\n';
}

}  // namespace citrine
