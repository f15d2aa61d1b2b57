#include "app/quantize_allocation.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "app/interrupt.h"
#include "app/log.h"
#include "app/progress.h"
#include "kernels/error.h"
#include "lower/allocation.h"
#include "quant/operation_count.h"

namespace citrine {
namespace {

constexpr std::int64_t kMostImages = 64;  // that the sensitivities are measured on

double bytes(const IntegerNetwork&, const IntegerLayer& layer) {
  return static_cast<double>(weight_bytes(layer.convolution, layer.weight_format));
}

double operations(const IntegerNetwork& network, const IntegerLayer& layer) {
  double total = 0;
  for (const auto& operation : layer_workload(network, layer).operations)
    total += static_cast<double>(operation.count);
  return total;
}

struct Limit {
  std::string_view option;
  double (*cost)(const IntegerNetwork&, const IntegerLayer&);  // none: the error is limited
};
constexpr std::array<Limit, 3> kLimits = {
    {{"most-bytes", bytes}, {"most-operations", operations}, {"least-snr", nullptr}}};

std::vector<Limit> given_limits(const Options& options) {
  std::vector<Limit> given;
  for (const auto& limit : kLimits)
    if (options.is_given(limit.option)) given.push_back(limit);
  return given;
}

AllocationLimit allocation_limit(const Limit& limit, const Options& options) {
  if (limit.cost == nullptr)
    return {AllocationLimit::Kind::error, std::pow(10, -options.real(limit.option) / 10)};
  return {AllocationLimit::Kind::cost, static_cast<double>(options.integer(limit.option))};
}

std::vector<std::size_t> chosen_schemes(const LayerSensitivities& measured, const Limit& limit,
                                        const Options& options) {
  try {
    return allocate(measured, allocation_limit(limit, options));
  } catch (const Error& error) {
    throw Error("--", limit.option, ": ", error.what());
  }
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

void check_allocation(const Options& options) {
  const auto limits = given_limits(options);
  if (options.texts("allocate").empty()) {
    if (!limits.empty()) throw Error("--", limits.front().option, " is for --allocate");
  } else if (limits.size() != 1) {
    throw Error("--allocate needs one of --most-bytes, --most-operations and --least-snr");
  } else if (options.is_given("scheme") && !is_scheme_file(options.text("scheme"))) {
    throw Error(
        "--allocate chooses schemes: --scheme must be a .json file of layers that keep theirs, "
        "got ",
        options.text("scheme"));
  }
}

LowerSettings allocated(const Quantization& quantization, LowerSettings settings,
                        const Options& options) {
  const auto limit = given_limits(options).front();
  const auto schemes = schemes_of(options);
  const auto elements = quantization.dataset.train.shape.elements();
  auto images = calibration_images(quantization, options);
  const auto count = std::min(kMostImages, static_cast<std::int64_t>(images.size()) / elements);
  images.resize(static_cast<std::size_t>(count * elements));
  Progress progress("measure layers");
  const auto measured = layer_sensitivities(quantization.network, images, count,
                                            {.lower = settings,
                                             .schemes = schemes,
                                             .cost = limit.cost == nullptr ? bytes : limit.cost,
                                             .progress = [&](int done, int total) {
                                               progress.update(done, total);
                                               check_interrupt(kNothingWritten);
                                             }});
  const auto chosen = chosen_schemes(measured, limit, options);
  settings.scheme = schemes.front();
  for (std::size_t layer = 0; layer < chosen.size(); ++layer) {
    const auto& [name, errors, costs] = measured.layers[layer];
    if (errors.size() < schemes.size()) continue;  // settled before
    settings.layer_schemes.insert_or_assign(name, schemes[chosen[layer]]);
    spdlog::info("{}: {}", name, options.texts("allocate")[chosen[layer]]);
  }
  return settings;
}

}  // namespace citrine
