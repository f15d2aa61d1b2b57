#include <filesystem>

#include "app/commands.h"
#include "app/comparison.h"
#include "store/files.h"

namespace citrine {

void run_compare(const Options& options) {
  std::vector<NamedCampaign> campaigns;
  for (const auto& path : options.arguments()) {
    campaigns.push_back({path, read_campaign(path)});
    const auto& record = campaigns.back().file.origin.record;
    if (record.contains("shard") || record.value("unfinished", false))
      throw Error(path, " is only a part of its campaign");
  }
  print_comparison(comparison_json(campaigns, options.reals("rise")),
                   options.text("format") == "json");
}

}  // namespace citrine
