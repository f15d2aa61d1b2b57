#include <algorithm>
#include <chrono>
#include <functional>
#include <iostream>
#include <iterator>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

#include "app/campaign_settings.h"
#include "app/commands.h"
#include "app/evaluation.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "faultsim/campaign.h"
#include "faultsim/fault_space.h"
#include "lower/lower.h"
#include "quant/forward.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kImages = 64;
constexpr std::uint64_t kTrialsEach = 100;  // of an image
constexpr int kRounds = 7;
constexpr double kTurn = 0.5;  // seconds that the trials of a kind may take in a round

// Random pixels: speed does not depend on what is on the images, but masking may.
Dataset random_images(const Graph& graph, Key key) {
  ImageSet set{.shape = graph.input_shape(),
               .classes = graph.classes(),
               .pixels = {},
               .labels = {},
               .groups = {}};
  for (std::int64_t i = 0; i < kImages * set.shape.elements(); ++i)
    set.pixels.push_back(
        static_cast<std::uint8_t>(uniform_below(key, static_cast<std::uint64_t>(i), 256)));
  for (int i = 0; i < kImages; ++i)
    set.labels.push_back(static_cast<std::uint8_t>(i % set.classes));
  Dataset dataset;
  dataset.name = "random images";
  dataset.train = dataset.test = std::move(set);
  dataset.mean = {0.5F};
  dataset.deviation = {0.25F};
  return dataset;
}

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Takes turns with others, so that what else the machine does falls on all of them.
struct Contestant {
  std::string name;
  std::function<double()> turn;  // gives images or trials a second
  std::vector<double> speeds = {};
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

// Median of the rounds' ratios.
double ratio(const Contestant& one, const Contestant& other) {
  std::vector<double> ratios;
  std::ranges::transform(one.speeds, other.speeds, std::back_inserter(ratios), std::divides());
  return median(ratios);
}

void compete(std::vector<Contestant>& contestants) {
  for (int round = 0; round < kRounds; ++round)
    for (auto& contestant : contestants) {
      contestant.speeds.push_back(contestant.turn());
      check_interrupt(kNothingWritten);
    }
}

// As many trials as fit into a turn, at most those that were asked for and the site has.
Contestant trials_of(const IntegerNetwork& network, const CampaignImages& all, Site site,
                     const Options& options, const Backend& backend) {
  const auto asked = static_cast<std::uint64_t>(options.integer("trials"));
  const auto images =
      part_of(all, 0, std::clamp<std::uint64_t>(asked / kTrialsEach, 1, all.count()));
  CampaignSettings settings;
  settings.sites = {site};
  settings.trials = std::min(asked, FaultSpace(network, site).size() * images.count());
  settings.seed = key_of(options).seed;
  const auto campaign = std::make_shared<Campaign>(network, images, settings, backend);
  const auto some = std::min(kTrialsEach, campaign->rows());
  campaign->run(0, some);
  check_interrupt(kNothingWritten);
  const double each = seconds_of([&] { campaign->run(0, some); }) / static_cast<double>(some);
  const auto rows =
      std::clamp(static_cast<std::uint64_t>(kTurn / each), std::uint64_t{1}, campaign->rows());
  campaign->run(0, rows);
  return {.name = std::string(name_of(site)), .turn = [campaign, rows] {
            return static_cast<double>(rows) / seconds_of([&] { campaign->run(0, rows); });
          }};
}

Network network_of(const Options& options, Key key) {
  const auto net =
      options.arguments().empty() ? std::string("resnet20") : options.arguments().front();
  if (net.ends_with(".h5") || !options.text("weights").empty())
    return load_network(net, options, nullptr);
  auto graph = load_graph(net, options, nullptr);
  auto weights = random_weights(graph, key);
  return {std::move(graph), std::move(weights)};
}

Json result_json(std::span<const Contestant> contestants) {
  const auto &floats = contestants[0], &integers = contestants[1];
  Json json = {{"float_images_per_second", median(floats.speeds)},
               {"integer_forward_per_float", ratio(integers, floats)},
               {"trials", Json::array()}};
  for (const auto& trials : contestants.subspan(2))
    json["trials"].push_back({{"kind", trials.name},
                              {"per_float_inference", ratio(trials, floats)},
                              {"per_integer_inference", ratio(trials, integers)},
                              {"trials_per_second", median(trials.speeds)}});
  return json;
}

void print_table(const Json& json) {
  std::cout << fmt::format("float forward      {:10.1f} images/s\n",
                           json["float_images_per_second"].get<double>())
            << fmt::format("integer forward    {:10.3f} per float inference\n",
                           json["integer_forward_per_float"].get<double>());
  for (const auto& trial : json["trials"])
    std::cout << fmt::format(
        "{:<18} {:10.3f} trials per float inference, {:.3f} per integer inference, {:.0f} "
        "trials/s\n",
        trial["kind"].get<std::string>(), trial["per_float_inference"].get<double>(),
        trial["per_integer_inference"].get<double>(), trial["trials_per_second"].get<double>());
}

}  // namespace

void run_bench(const Options& options) {
  const auto key = key_of(options);
  const auto network = network_of(options, split(key, "weights"));
  const auto dataset = random_images(network.graph, split(key, "images"));
  const auto integer = lower(network, normalized_images(dataset, dataset.train), kImages);
  const auto backend = make_backend(options.text("backend"));
  const CampaignImages images{.codes = encode_images(integer, dataset, dataset.test),
                              .labels = dataset.test.labels};
  const EvaluateSettings settings{.batch = kImages, .device = options.text("device")};
  const auto float_turn = [&] {
    return evaluate(network, dataset, dataset.test, settings).images_per_second;
  };
  const PreparedNetwork prepared(integer);
  const auto integer_turn = [&] {
    return kImages / seconds_of([&] {
             if (backend->is_processor())
               prepared.logits(images.codes, kImages);
             else
               logits(integer, images.codes, kImages, *backend);
           });
  };
  float_turn();
  integer_turn();
  std::vector<Contestant> contestants = {{"float forward", float_turn},
                                         {"integer forward", integer_turn}};
  for (const Site site : sites_of({"all"}, integer))
    contestants.push_back(trials_of(integer, images, site, options, *backend));
  compete(contestants);

  Json json = {{"network", network_hash(network)},
               {"threads", options.integer("threads")},
               {"backend", options.text("backend")}};
  json.update(result_json(contestants));
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else
    print_table(json);
}

}  // namespace citrine
