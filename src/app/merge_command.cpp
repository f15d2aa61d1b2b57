#include <vector>

#include <spdlog/spdlog.h>

#include "app/campaign_table.h"
#include "app/commands.h"
#include "app/exhaustive_table.h"
#include "app/merge.h"
#include "app/target.h"
#include "store/files.h"
#include "store/merge.h"
#include "store/schema.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

bool is_exhaustive(const fs::path& path) {
  return fs::exists(path) && schema_of(path) == kExhaustiveSchema.name;
}

}  // namespace

void merge(std::span<const fs::path> shards, const Options& options) {
  const fs::path out = options.text("out");
  const bool is_json = options.text("format") == "json";
  if (is_exhaustive(shards.front())) {
    const auto file = merge_exhaustive(shards);
    write_exhaustive(out, file);
    print_exhaustive(exhaustive_json(file), is_json);
  } else {
    const auto file = merge_campaigns(shards);
    write_campaign(out, file);
    print_campaign(campaign_json(file), is_json);
  }
  spdlog::info("wrote {}", out.string());
}

void run_merge(const Options& options) {
  const auto& names = options.arguments();
  check_no_input(options.text("out"), names);
  check_target(options.text("out"), options);
  merge(std::vector<fs::path>(names.begin(), names.end()), options);
}

}  // namespace citrine
