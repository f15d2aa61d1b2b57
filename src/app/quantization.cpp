#include "app/quantization.h"

#include <filesystem>

#include "app/interrupt.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "kernels/error.h"
#include "lower/scheme_file.h"

namespace citrine {
namespace {

// The first draw keeps the key of runs that have one draw only.
Key draw_key(const Options& options, std::int64_t draw) {
  const auto key = split(key_of(options), "calibration");
  return draw == 0 ? key : split(key, static_cast<std::uint64_t>(draw));
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

LowerSettings lower_settings(const std::string& name, const std::string& criterion_name,
                             const Options& options) {
  LowerSettings settings{
      .criterion = criterion(criterion_name),
      .steps = options.text("steps") == "free" ? StepKind::free : StepKind::power_of_two,
      .correct_bias = options.toggle("correct-bias")};
  if (std::filesystem::exists(name))
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
  const auto& train = quantization.dataset.train;
  const auto images = sample(train, options.integer("images"), draw_key(options, draw));
  return normalized_images(quantization.dataset, select(train, images));
}

IntegerNetwork lower_network(const Quantization& quantization, const LowerSettings& settings,
                             const Options& options, std::int64_t draw) {
  Progress progress("quantize");
  const auto images = calibration_images(quantization, options, draw);
  const auto count =
      static_cast<std::int64_t>(images.size()) / quantization.dataset.train.shape.elements();
  return lower(quantization.network, images, count, settings, [&](int done, int total) {
    progress.update(done, total);
    check_interrupt(kNothingWritten);
  });
}

Evaluation evaluate_reference(const Quantization& quantization, const Options& options) {
  return evaluate_float(quantization.network, quantization.dataset, quantization.test,
                        {.device = options.text("device")});
}

}  // namespace citrine
