#include "app/exhaustive_table.h"

#include <array>
#include <iostream>
#include <map>
#include <numeric>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "faultsim/clusters.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kEstimator[] =
    "shares are exact for the images used: every single-bit fault is counted, none is sampled; for "
    "images like these the sampling unit is an image, and the interval is Korn and Graubard's, 95 "
    "%";

// Faults of a site, or of a layer of it.
struct Faults {
  std::array<std::uint64_t, kOutcomeKinds> of{};
  std::vector<Cluster> images;  // SDC among the faults of each image

  void add(const SlotCounts& count, std::size_t all_images) {
    images.resize(all_images);
    auto& image = images[count.image];
    for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind) {
      of[kind] += count.faults[kind];
      image.trials += static_cast<double>(count.faults[kind]);
    }
    image.hits += static_cast<double>(count.faults[static_cast<std::size_t>(OutcomeKind::sdc)]);
  }
  std::uint64_t faults() const { return std::accumulate(of.begin(), of.end(), std::uint64_t{0}); }
  double sdc_share() const {
    return static_cast<double>(of[static_cast<std::size_t>(OutcomeKind::sdc)]) /
           static_cast<double>(faults());
  }
};

Json counts_json(const Faults& faults) {
  Json json = {{"faults", faults.faults()}};
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    json[std::string(name_of(static_cast<OutcomeKind>(kind)))] = faults.of[kind];
  json["sdc_share"] = faults.sdc_share();
  if (faults.images.size() < 2) return json;
  const auto interval = cluster_interval(faults.images);
  json["sdc_images_interval"] = {interval.low, interval.high};
  return json;
}

Json image_shares(const Faults& faults) {
  auto shares = Json::array();
  for (const auto& [hits, trials] : faults.images) shares.push_back(hits / trials);
  return shares;
}

}  // namespace

Json exhaustive_json(const ExhaustiveFile& file) {
  std::map<Site, Faults> sites;
  std::map<Site, std::map<std::uint32_t, Faults>> layers;
  for (const auto& count : file.result.counts) {
    sites[count.slot.site].add(count, file.result.images());
    layers[count.slot.site][count.layer].add(count, file.result.images());
  }
  Json json = {{"images", file.result.images()},
               {"trials", file.result.trials},
               {"estimator", kEstimator},
               {"sites", Json::array()}};
  for (const auto& [site, faults] : sites) {
    Json entry = {{"site", name_of(site)}};
    entry.update(counts_json(faults));
    entry["image_sdc_shares"] = image_shares(faults);
    for (const auto& [layer, part] : layers[site]) {
      entry["layers"].push_back({{"layer", file.layers[layer]}});
      entry["layers"].back().update(counts_json(part));
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
  std::cout << json["estimator"].get<std::string>() << '\n'
            << fmt::format("{} images, {} trials run\n", json["images"].get<std::uint32_t>(),
                           json["trials"].get<std::uint64_t>());
}

}  // namespace citrine
