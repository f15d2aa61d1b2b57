#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "app/target.h"
#include "faultsim/campaign.h"
#include "kernels/error.h"
#include "store/files.h"
#include "store/sha256.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

constexpr std::uint64_t kRowsAtOnce = 256;  // about a second of work that a kill can cost

std::vector<Site> sites_of(const std::vector<std::string>& names) {
  std::vector<Site> sites;
  for (const auto& name : names) {
    if (name != "all") sites.push_back(site(name));
    for (int i = 0; name == "all" && i < kSites; ++i) sites.push_back(static_cast<Site>(i));
  }
  auto sorted = sites;
  std::ranges::sort(sorted);
  if (sites.empty() || std::ranges::adjacent_find(sorted) != sorted.end())
    throw Error("each site must be named once, and one at least");
  return sites;
}

CampaignSettings campaign_settings(const Options& options) {
  CampaignSettings settings;
  settings.sites = sites_of(options.texts("sites"));
  settings.trials = static_cast<std::uint64_t>(options.integer("trials"));
  settings.rates = options.reals("rates");
  if (!settings.rates.empty()) settings.curve_sites = sites_of(options.texts("curve-sites"));
  settings.curve_seeds = static_cast<int>(options.integer("curve-seeds"));
  settings.seed = key_of(options).seed;
  return settings;
}

CampaignImages campaign_images(const IntegerNetwork& network, const Options& options) {
  const auto dataset = load_dataset(options);
  if (network.input().elements() != dataset.test.shape.elements() ||
      network.classes() != dataset.test.classes)
    throw Error("the integer network does not fit the images or classes of ", dataset.name);
  const auto indices =
      sample(dataset.test, options.integer("images"), split(key_of(options), "images"));
  const auto images = select(dataset.test, indices);
  return {.codes = encode_images(network, dataset, images), .labels = images.labels};
}

// All that the rows follow from, apart from the network. They do not depend on threads and devices,
// so a campaign may move between machines.
nlohmann::json campaign_config(const Options& options) {
  auto config = options.config();
  config.erase("threads");
  config.erase("device");
  return config;
}

Json row_json(std::uint64_t index, const Row& row, const IntegerNetwork& network, int label) {
  const auto& [kind, golden, faulty, is_sdc5, is_drop10, is_drop20, change] = row.outcome;
  return {{"row", index},
          {"site", name_of(row.fault.site)},
          {"layer", network.layers.at(row.fault.layer).name},
          {"element", row.fault.element},
          {"step", row.fault.step},
          {"bit", row.fault.bit},
          {"image", row.image},
          {"label", label},
          {"outcome", name_of(kind)},
          {"golden_class", golden},
          {"faulty_class", faulty},
          {"sdc5", is_sdc5 != 0},
          {"drop10", is_drop10 != 0},
          {"drop20", is_drop20 != 0},
          {"logit_change", change}};
}

void print(const Json& json, const Options& options) {
  if (options.text("format") == "json") {
    std::cout << json.dump(2) << '\n';
    return;
  }
  for (const auto& [name, value] : json.items())
    std::cout << fmt::format("{:<14} {}\n", name, value.dump());
}

void replay(const Campaign& campaign, const IntegerNetwork& network, const Options& options) {
  const auto row = static_cast<std::uint64_t>(options.integer("only"));
  if (row >= campaign.rows())
    throw Error("row ", row, " is not one of the campaign's ", campaign.rows(), " rows");
  const auto trial = campaign.run(row, row + 1).front();
  print(row_json(row, trial, network, campaign.labels()[trial.image]), options);
}

void run_rows(const Campaign& campaign, RowLog& log) {
  Progress progress("inject");
  for (auto first = log.rows_done(); first < campaign.rows();) {
    check_interrupt();
    const auto last = std::min(first + kRowsAtOnce, campaign.rows());
    log.append(campaign.run(first, last));
    first = last;
    progress.update(static_cast<std::int64_t>(first), static_cast<std::int64_t>(campaign.rows()));
  }
}

void run_curve(const Campaign& campaign, RowLog& log) {
  Progress progress("bit error rates");
  for (auto point = log.points_done(); point < campaign.curve_points(); ++point) {
    check_interrupt();
    const auto result = campaign.run_point(point);
    log.append(std::span(&result, 1));
    progress.update(static_cast<std::int64_t>(point + 1),
                    static_cast<std::int64_t>(campaign.curve_points()));
  }
}

Json sites_json(const CampaignResult& result) {
  auto json = Json::array();
  for (const auto& site : summarize(result)) {
    Json entry = {
        {"site", name_of(site.site)}, {"trials", site.trials}, {"population", site.population}};
    for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
      entry[std::string(name_of(static_cast<OutcomeKind>(kind)))] = site.outcomes[kind];
    entry["sdc_interval"] = {site.sdc.low, site.sdc.high};
    entry["right"] = site.right;
    entry["right_sdc"] = site.right_sdc;
    entry["right_sdc_interval"] = {site.right_sdc_share.low, site.right_sdc_share.high};
    json.push_back(std::move(entry));
  }
  return json;
}

void print_summary(const Json& sites, const Options& options) {
  if (options.text("format") == "json") {
    std::cout << Json{{"sites", sites}}.dump(2) << '\n';
    return;
  }
  for (const auto& site : sites)
    std::cout << fmt::format(
        "{:<18} {} of {} trials SDC, {:.3f} % to {:.3f} %\n", site["site"].get<std::string>(),
        site["sdc"].get<std::uint64_t>(), site["trials"].get<std::uint64_t>(),
        100 * site["sdc_interval"][0].get<double>(), 100 * site["sdc_interval"][1].get<double>());
}

std::vector<std::string> layer_names(const IntegerNetwork& network) {
  std::vector<std::string> names;
  for (const auto& layer : network.layers) names.push_back(layer.name);
  return names;
}

// The campaign's file without rows and curve.
CampaignFile campaign_frame(const Campaign& campaign, const IntegerNetwork& network,
                            const std::string& images_hash, const Options& options) {
  const auto network_fingerprint = fingerprint(network);
  return {.network_fingerprint = network_fingerprint,
          .layers = layer_names(network),
          .result = campaign.frame(),
          .origin = {.config = campaign_config(options),
                     .seed = key_of(options).seed,
                     .record = {{"from", network_fingerprint}, {"images", images_hash}}}};
}

// Runs what is not done yet and writes the file.
void complete(CampaignFile& file, const Campaign& campaign, const fs::path& out,
              const Options& options) {
  const bool was_finished = is_finished(out, file.origin, options);
  RowLog log(row_log_path(out), {.network_fingerprint = file.network_fingerprint,
                                 .settings = {{"config", file.origin.config},
                                              {"images", file.origin.record.at("images")}}});
  if (was_finished) {
    file = read_campaign(out);
  } else {
    run_rows(campaign, log);
    run_curve(campaign, log);
    file.result.rows = log.rows();
    file.result.curve = log.points();
    write_campaign(out, file);
  }
  log.remove();
}

}  // namespace

void run_inject(const Options& options) {
  const fs::path out = options.text("out");
  const bool is_replay = options.is_given("only");
  if (!is_replay) check_target(out, row_log_path(out), options);
  const auto& net = options.arguments().front();
  if (!is_integer_network(net)) throw Error(net, " is not an integer network: quantize it first");
  const auto network = read_integer_network(net).network;
  const auto settings = campaign_settings(options);
  const auto backend = make_backend(options.text("backend"));
  auto images = campaign_images(network, options);
  const auto images_hash = sha256(std::as_bytes(std::span(images.codes)));
  const Campaign campaign(network, std::move(images), settings, *backend);
  if (is_replay) return replay(campaign, network, options);

  auto file = campaign_frame(campaign, network, images_hash, options);
  complete(file, campaign, out, options);
  spdlog::info("wrote {}", out.string());
  print_summary(sites_json(file.result), options);
}

}  // namespace citrine
