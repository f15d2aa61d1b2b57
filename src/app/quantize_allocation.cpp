#include "app/quantize_allocation.h"

#include <algorithm>
#include <cmath>

#include "app/interrupt.h"
#include "app/log.h"
#include "app/progress.h"
#include "kernels/error.h"
#include "lower/allocation.h"
#include "quant/operation_count.h"

namespace citrine {
namespace {

constexpr std::int64_t kMostImages = 64;  // that the sensitivities are measured on

double bytes_of(const IntegerLayer& layer) {
  return static_cast<double>(weight_bytes(layer.convolution, layer.weight_format));
}

AllocationLimit limit_of(const Options& options) {
  const bool limits_bytes = options.is_given("most-bytes"),
             limits_noise = options.is_given("least-snr");
  if (limits_bytes == limits_noise)
    throw Error("--allocate needs either --most-bytes or --least-snr");
  if (limits_bytes)
    return {AllocationLimit::Kind::cost, static_cast<double>(options.integer("most-bytes"))};
  return {AllocationLimit::Kind::error, std::pow(10, -options.real("least-snr") / 10)};
}

std::vector<Scheme> schemes_of(const Options& options) {
  std::vector<Scheme> schemes;
  for (const auto& name : options.texts("allocate")) {
    schemes.push_back(scheme(name));
    schemes.back().is_per_channel = options.toggle("per-channel");
  }
  return schemes;
}

}  // namespace

LowerSettings allocated(const Quantization& quantization, LowerSettings settings,
                        const Options& options) {
  const auto limit = limit_of(options);
  const auto schemes = schemes_of(options);
  const auto elements = quantization.dataset.train.shape.elements();
  auto images = calibration_images(quantization, options);
  const auto count = std::min(kMostImages, static_cast<std::int64_t>(images.size()) / elements);
  images.resize(static_cast<std::size_t>(count * elements));
  Progress progress("measure layers");
  const auto measured = sensitivity(quantization.network, images, count,
                                    {.lower = settings,
                                     .schemes = schemes,
                                     .cost = bytes_of,
                                     .progress = [&](int done, int total) {
                                       progress.update(done, total);
                                       check_interrupt(kNothingWritten);
                                     }});
  const auto chosen = allocate(measured, limit);
  settings.scheme = schemes.front();
  for (std::size_t layer = 0; layer < chosen.size(); ++layer) {
    const auto& name = measured.layers[layer].layer;
    settings.layer_schemes.insert_or_assign(name, schemes[chosen[layer]]);
    spdlog::info("{}: {}", name, options.texts("allocate")[chosen[layer]]);
  }
  return settings;
}

}  // namespace citrine
