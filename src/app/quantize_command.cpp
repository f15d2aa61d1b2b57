#include <iostream>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/interrupt.h"
#include "app/log.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "app/target.h"
#include "kernels/error.h"
#include "lower/lower.h"
#include "store/files.h"

namespace citrine {
namespace {

Scheme scheme_of(const Options& options) {
  auto result = scheme(options.text("scheme"));
  result.is_per_channel = options.toggle("per-channel");
  return result;
}

IntegerNetwork lower_network(const Network& network, const Dataset& dataset,
                             const Options& options) {
  const auto images =
      sample(dataset.train, options.integer("images"), split(key_of(options), "calibration"));
  const auto floats = normalized_images(dataset, select(dataset.train, images));
  Progress progress("quantize");
  return lower(network, floats, static_cast<std::int64_t>(images.size()),
               {.scheme = scheme_of(options), .correct_bias = options.toggle("correct-bias")},
               [&](int done, int total) {
                 progress.update(done, total);
                 check_interrupt(kNothingWritten);
               });
}

void print(const nlohmann::json& record, const Options& options) {
  if (options.text("format") == "json") std::cout << record.dump(2) << '\n';
}

}  // namespace

void run_quantize(const Options& options) {
  const std::filesystem::path out = options.text("out");
  check_target(out, options);
  if (is_integer_network(options.arguments().front()))
    throw Error(options.arguments().front(), " is an integer network already");
  const auto dataset = load_dataset(options);
  const auto network = load_network(options.arguments().front(), options, &dataset);

  IntegerNetworkFile file{
      .network = lower_network(network, dataset, options), .graph = network.graph, .origin = {}};
  file.origin = {.config = options.config(), .seed = key_of(options).seed};
  file.origin.record = {{"from", network_hash(network)},
                        {"fingerprint", fingerprint(file.network)}};
  const auto test =
      drawn_images(dataset.test, options.integer("test-images"), split(key_of(options), "test"));
  if (test.count() > 0) {
    const auto backend = make_backend(options.text("backend"));
    const auto integer = evaluate_integer(file.network, dataset, test, *backend);
    const auto reference =
        evaluate_float(network, dataset, test, {.device = options.text("device")});
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
