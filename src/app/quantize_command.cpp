#include <iostream>

#include "app/commands.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/quantization.h"
#include "app/quantize_allocation.h"
#include "app/quantize_comparison.h"
#include "app/settings.h"
#include "app/target.h"
#include "kernels/error.h"
#include "store/files.h"

namespace citrine {
namespace {

void check_options(const Options& options) {
  if (options.texts("criterion").size() != 1)
    throw Error("--criterion must be one, but for --compare");
  if (options.integer("draws") != 1) throw Error("--draws is for --compare");
  if (options.is_given("energy")) throw Error("--energy is for --compare");
  check_allocation(options);
}

// As in a scheme file.
nlohmann::json schemes_json(const LowerSettings& settings) {
  nlohmann::json json = {{"scheme", name_of(settings.scheme)},
                         {"layers", nlohmann::json::object()}};
  for (const auto& [layer, scheme] : settings.layer_schemes)
    json["layers"][layer] = name_of(scheme);
  return json;
}

void print(const nlohmann::json& record, const Options& options) {
  if (options.text("format") == "json") std::cout << record.dump(2) << '\n';
}

}  // namespace

void run_quantize(const Options& options) {
  if (!options.texts("compare").empty()) return compare_schemes(options);
  const std::filesystem::path out = options.text("out");
  check_target(out, options);
  check_options(options);
  auto settings =
      lower_settings(options.text("scheme"), options.texts("criterion").front(), options);
  const auto quantization = load_quantization(options);
  if (!options.texts("allocate").empty())
    settings = allocated(quantization, std::move(settings), options);

  IntegerNetworkFile file{.network = lower_network(quantization, settings, options),
                          .graph = quantization.network.graph,
                          .origin = {}};
  file.origin = {.config = options.config(), .seed = key_of(options).seed};
  file.origin.record = {{"from", network_hash(quantization.network)},
                        {"fingerprint", fingerprint(file.network)},
                        {"schemes", schemes_json(settings)}};
  if (quantization.test.count() > 0) {
    const auto backend = make_backend(options.text("backend"));
    const auto integer =
        evaluate_integer(file.network, quantization.dataset, quantization.test, *backend);
    const auto reference = evaluate_reference(quantization, options);
    file.origin.record["evaluation"] = evaluation_json(integer);
    file.origin.record["float_evaluation"] = evaluation_json(reference);
    spdlog::info("float:   {}", evaluation_text(reference));
    spdlog::info("integer: {}", evaluation_text(integer));
  }
  write_integer_network(out, file);
  spdlog::info("wrote {}", out.string());
  print(file.origin.record, options);
}

}  // namespace citrine
