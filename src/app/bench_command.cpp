#include <chrono>
#include <functional>
#include <iostream>

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
#include "lower/lower.h"
#include "quant/forward.h"

namespace citrine {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kImages = 64;

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

Json site_speed(const IntegerNetwork& network, const CampaignImages& images, Site site,
                const Options& options, const Backend& backend, double float_seconds) {
  CampaignSettings settings;
  settings.sites = {site};
  settings.trials = static_cast<std::uint64_t>(options.integer("trials"));
  settings.seed = key_of(options).seed;
  const Campaign campaign(network, images, settings, backend);
  const double seconds = seconds_of([&] { campaign.run(0, campaign.rows()); });
  check_interrupt(kNothingWritten);
  const double trials_per_second = static_cast<double>(campaign.rows()) / seconds;
  return {{"kind", name_of(site)},
          {"per_float_inference", trials_per_second * float_seconds},
          {"trials_per_second", trials_per_second}};
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

void print_table(const Json& json) {
  std::cout << fmt::format("float forward      {:10.1f} images/s\n",
                           json["float_images_per_second"].get<double>())
            << fmt::format("integer forward    {:10.3f} per float inference\n",
                           json["integer_forward_per_float"].get<double>());
  for (const auto& trial : json["trials"])
    std::cout << fmt::format("{:<18} {:10.3f} trials per float inference, {:.0f} trials/s\n",
                             trial["kind"].get<std::string>(),
                             trial["per_float_inference"].get<double>(),
                             trial["trials_per_second"].get<double>());
}

}  // namespace

void run_bench(const Options& options) {
  const auto key = key_of(options);
  const auto network = network_of(options, split(key, "weights"));
  const auto dataset = random_images(network.graph, split(key, "images"));
  const auto integer = lower(network, normalized_images(dataset, dataset.train), kImages);
  const auto backend = make_backend(options.text("backend"));
  const EvaluateSettings settings{.batch = kImages, .device = options.text("device")};
  evaluate(network, dataset, dataset.test, settings);  // warms up
  const double images_per_second =
      evaluate(network, dataset, dataset.test, settings).images_per_second;

  const CampaignImages images{.codes = encode_images(integer, dataset, dataset.test),
                              .labels = dataset.test.labels};
  const double integer_seconds =
      seconds_of([&] { logits(integer, images.codes, kImages, *backend); });
  Json json = {{"network", network_hash(network)},
               {"threads", options.integer("threads")},
               {"backend", options.text("backend")},
               {"float_images_per_second", images_per_second},
               {"integer_forward_per_float", kImages / integer_seconds / images_per_second},
               {"trials", Json::array()}};
  for (const Site site : sites_of({"all"}, integer))
    json["trials"].push_back(
        site_speed(integer, images, site, options, *backend, 1 / images_per_second));
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else
    print_table(json);
}

}  // namespace citrine
