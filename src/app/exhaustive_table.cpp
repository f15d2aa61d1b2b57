#include "app/exhaustive_table.h"

#include <algorithm>
#include <iostream>
#include <string>

#include <spdlog/fmt/fmt.h>

#include "faultsim/exhaustive_groups.h"
#include "report/findings.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

Json counts_json(const OutcomeSummary& sum, std::uint32_t images) {
  Json json = {{"faults", sum.trials()}};
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    json[std::string(name_of(static_cast<OutcomeKind>(kind)))] = sum.outcomes[kind];
  json["sdc_share"] = sum.share(OutcomeKind::sdc);
  if (images > 1) json["sdc_images_interval"] = {sum.sdc_images.low, sum.sdc_images.high};
  return json;
}

// On images that are right without a fault.
void add_right(Json& json, const OutcomeSummary& sum, std::uint32_t images) {
  json["right"] = sum.trials();
  json["right_sdc"] = sum[OutcomeKind::sdc];
  json["right_sdc_share"] = sum.share(OutcomeKind::sdc);
  if (images > 1) json["right_sdc_images_interval"] = {sum.sdc_images.low, sum.sdc_images.high};
}

}  // namespace

Json exhaustive_json(const ExhaustiveFile& file) {
  const auto images = file.result.images();
  const auto layers = exhaustive_groups(file.result, Grouping::layer);
  const auto right = exhaustive_groups(right_part(file.result));
  Json json = {{"images", images},
               {"trials", file.result.trials},
               {"estimator", kExactEstimator},
               {"sites", Json::array()}};
  if (file.origin.config.contains("layers")) json["layers"] = file.origin.config.at("layers");
  for (const auto& site : exhaustive_groups(file.result)) {
    Json entry = {{"site", name_of(site.site)}};
    entry.update(counts_json(site.sum, images));
    const auto of_right = std::ranges::find(right, site.site, &OutcomeGroup::site);
    add_right(entry, of_right == right.end() ? OutcomeSummary{} : of_right->sum, images);
    entry["image_sdc_shares"] = image_sdc_shares(file.result, site.site);
    for (const auto& layer : layers) {
      if (layer.site != site.site) continue;
      entry["layers"].push_back({{"layer", file.layers[layer.layer]}});
      entry["layers"].back().update(counts_json(layer.sum, images));
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
  for (const auto& site : json["sites"]) {
    std::cout << fmt::format("{:<18} {} of {} faults SDC: {:.5f} %",
                             site["site"].get<std::string>(), site["sdc"].get<std::uint64_t>(),
                             site["faults"].get<std::uint64_t>(),
                             100 * site["sdc_share"].get<double>());
    if (site.contains("sdc_images_interval"))
      std::cout << fmt::format("; images like these {:.5f} % to {:.5f} %",
                               100 * site["sdc_images_interval"][0].get<double>(),
                               100 * site["sdc_images_interval"][1].get<double>());
    std::cout << '\n';
  }
  if (const auto layers = layers_text(json.value("layers", std::vector<std::string>()));
      !layers.empty())
    std::cout << layers << '\n';
  std::cout << json["estimator"].get<std::string>() << '\n'
            << fmt::format("{} images, {} trials run\n", json["images"].get<std::uint32_t>(),
                           json["trials"].get<std::uint64_t>());
}

}  // namespace citrine
