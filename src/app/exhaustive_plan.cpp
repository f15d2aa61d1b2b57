#include "app/exhaustive_plan.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <spdlog/fmt/fmt.h>

#include "app/campaign_settings.h"
#include "app/interrupt.h"
#include "faultsim/exhaustive.h"
#include "faultsim/fault_space.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kElements = 256;   // of a layer, that are counted
constexpr double kCountBytes = 53;       // of an image, layer, site and bit
constexpr double kCriticalityBytes = 8;  // of an element of a layer's site

// Of one image.
struct Cost {
  double trials = 0, seconds = 0;
};

std::uint64_t faults_of(const IntegerNetwork& network, std::uint32_t layer,
                        std::span<const Site> sites) {
  std::uint64_t faults = 0;
  for (const Site site : sites) faults += site_extent(network, site, layer).size();
  return faults;
}

// From some elements of a layer, all of whose sites have the same elements.
void add(Cost& cost, const Engine& engine, const IntegerNetwork& network, std::uint32_t layer,
         std::span<const Site> sites, const Golden& golden) {
  const auto faults = faults_of(network, layer, sites);
  if (faults == 0) return;
  check_interrupt(kNothingWritten);
  const auto start = Clock::now();
  const auto counts = exhaust_layer(engine, network, layer, sites, golden, kElements);
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  double counted = 0;
  for (const auto& slot : counts.slots) counted += static_cast<double>(trials_of(slot.faults));
  const double times = static_cast<double>(faults) / counted;
  cost.trials += static_cast<double>(counts.trials) * times;
  cost.seconds += seconds * times;
}

Cost cost_of_image(const IntegerNetwork& network, const CampaignImages& images,
                   std::span<const Site> sites, const FaultModel& model, const Backend& backend) {
  std::vector<Site> outputs;
  std::ranges::remove_copy_if(sites, std::back_inserter(outputs), is_learned);
  const Engine engine(network, backend);
  const auto golden = engine.golden(part_of(images, 0, 1).codes);
  Cost cost;
  for (std::uint32_t layer = 0; layer < network.layers.size(); ++layer) {
    if (!model.has(layer)) continue;
    add(cost, engine, network, layer, outputs, golden);
    for (const Site site : sites)
      if (is_learned(site)) add(cost, engine, network, layer, std::span(&site, 1), golden);
  }
  return cost;
}

// The file that grows and the result, whose columns shrink by compression.
double bytes_of(const IntegerNetwork& network, std::span<const Site> sites, const FaultModel& model,
                double images) {
  double bytes = 0;
  for (const Site site : sites)
    for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
      const auto extent = site_extent(network, site, layer, model);
      if (extent.size() == 0) continue;
      bytes += kCountBytes * images * static_cast<double>(extent.bits) +
               kCriticalityBytes * static_cast<double>(extent.elements);
    }
  return 2 * bytes;
}

}  // namespace

Json exhaustive_plan(const IntegerNetwork& network, const CampaignImages& images,
                     std::span<const Site> sites, const FaultModel& model, const Backend& backend,
                     double limit) {
  const auto [trials, seconds] = cost_of_image(network, images, sites, model, backend);
  const double all = images.count();
  const double counted = limit > 0 ? std::min(all, std::ceil(limit / seconds)) : all;
  Json json = {{"images", static_cast<std::uint64_t>(counted)},
               {"trials", static_cast<std::uint64_t>(trials * counted)},
               {"seconds", seconds * counted},
               {"most_bytes", static_cast<std::uint64_t>(bytes_of(network, sites, model, counted))},
               {"sites", Json::array()}};
  for (const Site site : sites) {
    const auto faults = FaultSpace(network, site, model).size();
    json["sites"].push_back({{"site", name_of(site)},
                             {"faults", faults},
                             {"pairs", faults * static_cast<std::uint64_t>(counted)}});
  }
  return json;
}

void print_exhaustive_plan(const Json& json, bool is_json) {
  if (is_json) {
    std::cout << json.dump(2) << '\n';
    return;
  }
  std::cout << fmt::format("{:<18} {:>14} {:>17}\n", "site", "faults", "pairs");
  for (const auto& site : json["sites"])
    std::cout << fmt::format("{:<18} {:>14} {:>17}\n", site["site"].get<std::string>(),
                             site["faults"].dump(), site["pairs"].dump());
  std::cout << fmt::format(
      "every fault under {} images: about {} trials, {:.1f} seconds, at most {} bytes on disk\n",
      json["images"].dump(), json["trials"].dump(), json["seconds"].get<double>(),
      json["most_bytes"].dump());
}

}  // namespace citrine
