#include "app/quantize_comparison.h"

#include <algorithm>
#include <chrono>
#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/energy_file.h"
#include "app/layer_noise.h"
#include "app/log.h"
#include "app/quantization.h"
#include "app/quantize_allocation.h"
#include "app/workload_table.h"
#include "kernels/error.h"

namespace citrine {
namespace {

struct Row {
  std::string scheme, criterion;
  LowerSettings settings;
};

std::vector<Row> rows_of(const Options& options) {
  std::vector<Row> rows;
  for (const auto& scheme : options.texts("compare"))
    for (const auto& criterion : options.texts("criterion"))
      rows.push_back({scheme, criterion, lower_settings(scheme, criterion, options)});
  return rows;
}

// What every scheme is measured by.
struct Measure {
  Evaluation reference;  // of the float network
  EnergyTable energies;
};

nlohmann::json layers_json(const std::vector<LayerNoise>& layers) {
  auto json = nlohmann::json::array();
  for (const auto& [layer, ratio] : layers)
    json.push_back({{"name", layer}, {"signal_to_noise_db", ratio}});
  return json;
}

nlohmann::json drawn(const Row& row, const Quantization& quantization, const Measure& measure,
                     const Options& options, std::int64_t draw) {
  const auto start = std::chrono::steady_clock::now();
  const auto network = lower_network(quantization, row.settings, options, draw);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  const auto backend = make_backend(options.text("backend"));
  const auto integer = evaluate_integer(network, quantization.dataset, quantization.test, *backend);
  auto json = evaluation_json(integer);
  json.update(agreement_json(integer, measure.reference));
  json["layers"] = layers_json(
      layer_noise(network, quantization.network, quantization.dataset, quantization.test));
  json.update(integer_network_json(network, measure.energies)["total"]);
  json["seconds"] = seconds.count();
  return json;
}

double mean_of(const nlohmann::json& draws, const std::string& pointer) {
  double sum = 0;
  for (const auto& draw : draws) sum += draw[nlohmann::json::json_pointer(pointer)].get<double>();
  return sum / static_cast<double>(draws.size());
}

nlohmann::json compared(const Row& row, const Quantization& quantization, const Measure& measure,
                        const Options& options) {
  nlohmann::json json = {{"scheme", row.scheme}, {"criterion", row.criterion}};
  auto& draws = json["draws"] = nlohmann::json::array();
  for (std::int64_t draw = 0; draw < options.integer("draws"); ++draw)
    draws.push_back(drawn(row, quantization, measure, options, draw));
  for (const auto* key : {"correct", "accuracy", "disagreements", "logits_signal_to_noise_db",
                          "multiplies", "shifts", "zero_shifts", "additions", "cycles",
                          "weight_bytes", "energy_pj", "weight_read_pj", "seconds"})
    json[key] = mean_of(draws, std::string("/") + key);
  json["layers"] = draws[0]["layers"];
  for (std::size_t i = 0; i < json["layers"].size(); ++i) {
    const auto pointer = fmt::format("/layers/{}/signal_to_noise_db", i);
    json[nlohmann::json::json_pointer(pointer)] = mean_of(draws, pointer);
  }
  // The draws share their test images: as wide as a single draw's.
  json["interval"] = {mean_of(draws, "/interval/0"), mean_of(draws, "/interval/1")};
  spdlog::info("{}, {}: {} of {} correct", row.scheme, row.criterion, json["correct"].get<double>(),
               quantization.test.count());
  return json;
}

std::string table_line(const nlohmann::json& row) {
  const auto correct = [](const nlohmann::json& draw) { return draw["correct"].get<int>(); };
  const auto millions = [&](const char* key) { return row[key].get<double>() / 1e6; };
  const auto [least, most] = std::ranges::minmax(row["draws"], {}, correct);
  return fmt::format(
      "{:<20} {:<13} {:>8.1f} {:>5}-{:<5} {:>7.2f} {:>7.2f} {:>7.2f} {:>9.1f} {:>8.1f} {:>9.0f} "
      "{:>7.2f} {:>7.2f} {:>7.2f} {:>7.2f} {:>8.1f}\n",
      row["scheme"].get<std::string>(), row["criterion"].get<std::string>(),
      row["correct"].get<double>(), correct(least), correct(most),
      100 * row["accuracy"].get<double>(), 100 * row["interval"][0].get<double>(),
      100 * row["interval"][1].get<double>(), row["disagreements"].get<double>(),
      row["logits_signal_to_noise_db"].get<double>(), row["weight_bytes"].get<double>(),
      millions("multiplies"), millions("shifts"), millions("additions"), millions("energy_pj"),
      row["seconds"].get<double>());
}

void print(const nlohmann::json& json, const Options& options) {
  if (options.text("format") == "json") {
    std::cout << json.dump(2) << '\n';
    return;
  }
  const auto& reference = json["float"];
  std::cout << fmt::format("float: {} of {} correct\n", reference["correct"].get<int>(),
                           reference["total"].get<int>());
  std::cout << fmt::format(
      "{:<20} {:<13} {:>8} {:^11} {:>7} {:>15} {:>9} {:>8} {:>9} {:^23} {:>7} {:>8}\n", "scheme",
      "criterion", "correct", "of draws", "%", "95 % interval", "disagree", "SNR, dB", "bytes",
      "10^6 mul, shift, add", "uJ", "seconds");
  for (const auto& row : json["schemes"]) std::cout << table_line(row);
}

}  // namespace

void compare_schemes(const Options& options) {
  for (const auto* unused : {"out", "scheme", "allocate"})
    if (options.is_given(unused))
      throw Error("--compare writes no file and names its schemes: leave --", unused, " away");
  check_allocation(options);
  const auto rows = rows_of(options);
  const auto energies =
      energy_table(options.text("energy").empty() ? "45nm" : options.text("energy"));
  const auto quantization = load_quantization(options);
  if (quantization.test.count() == 0)
    throw Error("--compare needs test images: --test-images is 0");
  const Measure measure{evaluate_reference(quantization, options), energies};
  nlohmann::json json = {{"float", evaluation_json(measure.reference)},
                         {"schemes", nlohmann::json::array()}};
  for (const auto& row : rows)
    json["schemes"].push_back(compared(row, quantization, measure, options));
  print(json, options);
}

}  // namespace citrine
