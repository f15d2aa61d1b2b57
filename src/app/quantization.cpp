#include "app/quantization.h"

#include <filesystem>

#include "app/interrupt.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "kernels/error.h"
#include "lower/scheme_file.h"
#include "lower/tuning.h"
#include "train/tune.h"

namespace citrine {
namespace {

// The first draw keeps the key of runs that have one draw only.
Key draw_key(const Options& options, std::int64_t draw) {
  const auto key = split(key_of(options), "calibration");
  return draw == 0 ? key : split(key, static_cast<std::uint64_t>(draw));
}

std::vector<std::uint32_t> calibration_indices(const Quantization& quantization,
                                               const Options& options, std::int64_t draw) {
  return sample(quantization.dataset.train, options.integer("images"), draw_key(options, draw));
}

IntegerNetwork lowered(const Quantization& quantization, const LowerSettings& settings,
                       const std::vector<float>& images) {
  Progress progress("quantize");
  const auto count =
      static_cast<std::int64_t>(images.size()) / quantization.dataset.train.shape.elements();
  return lower(quantization.network, images, count, settings, [&](int done, int total) {
    progress.update(done, total);
    check_interrupt(kNothingWritten);
  });
}

IntegerNetwork tuned(const Quantization& quantization, const IntegerNetwork& network,
                     const Options& options, std::int64_t draw) {
  Progress progress("tune");
  const TuneSettings settings{.epochs = static_cast<int>(options.integer("tune"))};
  auto result =
      tune(latent_network(quantization.network, network), quantization.network,
           quantization.dataset, calibration_indices(quantization, options, draw), settings,
           split(draw_key(options, draw), "tune"), [&](std::int64_t done, std::int64_t total) {
             progress.update(done, total);
             check_interrupt(kNothingWritten);
           });
  return std::move(result.network);
}

}  // namespace

Quantization load_quantization(const Options& options) {
  const auto& name = options.arguments().front();
  if (is_integer_network(name)) throw Error(name, " is an integer network already");
  auto dataset = load_dataset(options);
  auto network = load_network(name, options, &dataset);
  auto test =
      drawn_images(dataset.test, options.integer("test-images"), split(key_of(options), "test"));
  return {std::move(dataset), std::move(network), std::move(test)};
}

bool is_scheme_file(const std::string& scheme) {
  return std::filesystem::path(scheme).extension() == ".json";
}

LowerSettings lower_settings(const std::string& name, const std::string& criterion_name,
                             const Options& options) {
  LowerSettings settings{
      .criterion = criterion(criterion_name),
      .steps = options.text("steps") == "free" ? StepKind::free : StepKind::power_of_two,
      .accumulator = {.bits = static_cast<int>(options.integer("accumulator")),
                      .overflow = overflow(options.text("overflow"))},
      .product_bits = static_cast<int>(options.integer("product")),
      .correct_bias = options.toggle("correct-bias")};
  if (is_scheme_file(name))
    read_schemes(name, settings);
  else
    settings.scheme = scheme(name);
  settings.scheme.is_per_channel = options.toggle("per-channel");
  for (auto& [layer, scheme] : settings.layer_schemes)
    scheme.is_per_channel = settings.scheme.is_per_channel;
  return settings;
}

std::vector<float> calibration_images(const Quantization& quantization, const Options& options,
                                      std::int64_t draw) {
  const auto indices = calibration_indices(quantization, options, draw);
  return normalized_images(quantization.dataset, select(quantization.dataset.train, indices));
}

IntegerNetwork lower_network(const Quantization& quantization, const LowerSettings& settings,
                             const Options& options, std::int64_t draw) {
  auto network = lowered(quantization, settings, calibration_images(quantization, options, draw));
  return options.integer("tune") > 0 ? tuned(quantization, network, options, draw) : network;
}

Evaluation evaluate_reference(const Quantization& quantization, const Options& options) {
  return evaluate_float(quantization.network, quantization.dataset, quantization.test,
                        {.device = options.text("device")});
}

}  // namespace citrine
