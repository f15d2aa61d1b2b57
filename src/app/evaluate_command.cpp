#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "kernels/error.h"
#include "store/files.h"

namespace citrine {
namespace {

constexpr double kEqualDb = 1000;  // more than floats can differ by

Evaluation evaluate_any(const std::string& net, const Options& options, const Dataset& dataset,
                        const ImageSet& set) {
  if (is_integer_network(net))
    return evaluate_integer(read_integer_network(net).network, dataset, set,
                            *make_backend(options.text("backend")));
  return evaluate_float(
      load_network(net, options, &dataset), dataset, set,
      {.batch = static_cast<int>(options.integer("batch")), .device = options.text("device")});
}

// Weights are for one float network.
void check_weights(const std::string& net, const std::string& other, const Options& options) {
  if (options.text("weights").empty()) return;
  const int floats =
      (is_integer_network(net) ? 0 : 1) + (other.empty() || is_integer_network(other) ? 0 : 1);
  if (floats != 1)
    throw Error("--weights must be those of one float network, but ", net,
                floats == 0 ? " is none" : " and " + other + " are two");
}

std::string agreement_text(const std::string& other, const nlohmann::json& json) {
  const double ratio = json["against"]["logits_signal_to_noise_db"].get<double>();
  const auto logits = ratio > kEqualDb ? "the same logits" : fmt::format("logits {:.1f} dB", ratio);
  return fmt::format("{} gives another answer to {} of {} images, {}\n", other,
                     json["against"]["disagreements"].get<int>(), json["total"].get<int>(), logits);
}

}  // namespace

void run_evaluate(const Options& options) {
  const auto& net = options.arguments().front();
  const auto& other = options.text("against");
  check_weights(net, other, options);
  const auto dataset = load_dataset(options);
  const auto& set = options.text("part") == "train" ? dataset.train : dataset.test;
  const auto evaluation = evaluate_any(net, options, dataset, set);
  auto json = evaluation_json(evaluation);
  json["images_per_second"] = evaluation.images_per_second;
  if (!other.empty())
    json["against"] = agreement_json(evaluate_any(other, options, dataset, set), evaluation);
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else {
    std::cout << net << " on " << dataset.name << ": " << evaluation_text(evaluation)
              << fmt::format(", {:.1f} images/s\n", evaluation.images_per_second);
    if (json.contains("against")) std::cout << agreement_text(other, json);
  }
}

}  // namespace citrine
