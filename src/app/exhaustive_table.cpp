#include "app/exhaustive_table.h"

#include <iostream>
#include <string>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_table.h"
#include "faultsim/exhaustive_groups.h"
#include "report/findings.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json counts_json(const OutcomeSummary& sum) {
  Json json = {{"faults", sum.trials()}};
  add_sum(json, sum);
  return json;
}

// On images that are right without a fault.
void add_right(Json& json, const OutcomeSummary& sum) {
  const auto& [faults, share, interval, images_interval] = sum[OutcomeKind::sdc];
  json["right"] = sum.trials();
  json["right_sdc"] = faults;
  json["right_sdc_share"] = share;
  put_interval(json, "right_sdc_images_interval", images_interval);
}

}  // namespace

Json exhaustive_json(const ExhaustiveFile& file) {
  const auto layers = exhaustive_groups(file.result, Grouping::layer);
  const auto right = right_exhaustive_groups(file.result);
  Json json = {{"images", file.result.images()},
               {"trials", file.result.trials},
               {"estimator", kExactEstimator},
               {"sites", Json::array()}};
  if (file.origin.config.contains("layers")) json["layers"] = file.origin.config.at("layers");
  const auto sites = exhaustive_groups(file.result);
  for (std::size_t i = 0; i < sites.size(); ++i) {
    const auto& site = sites[i];
    Json entry = {{"site", name_of(site.site)}};
    entry.update(counts_json(site.sum));
    add_right(entry, right[i].sum);
    entry["image_sdc_shares"] = image_sdc_shares(file.result, site.site);
    for (const auto& layer : layers) {
      if (layer.site != site.site) continue;
      entry["layers"].push_back({{"layer", file.layers[layer.layer]}});
      entry["layers"].back().update(counts_json(layer.sum));
    }
    json["sites"].push_back(std::move(entry));
  }
  return json;
}

void print_exhaustive(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  for (const auto& site : json["sites"]) print_shares(site, "faults", 5);
  if (const auto layers = layers_text(json.value("layers", std::vector<std::string>()));
      !layers.empty())
    std::cout << layers << '\n';
  std::cout << json["estimator"].get<std::string>() << '\n'
            << fmt::format("{} images, {} trials run\n", json["images"].get<std::uint32_t>(),
                           json["trials"].get<std::uint64_t>());
}

}  // namespace citrine
