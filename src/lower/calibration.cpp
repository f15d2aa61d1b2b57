#include "lower/calibration.h"

#include <algorithm>
#include <cmath>

#include <tbb/parallel_for.h>

#include "kernels/error.h"
#include "lower/steps.h"

namespace citrine {
std::span<const std::int16_t> Calibration::codes(const IntegerLayer& layer, int index,
                                                 std::int64_t image) const {
  const auto size = static_cast<std::size_t>(layer.elements());
  return std::span(stored[static_cast<std::size_t>(index)])
      .subspan(static_cast<std::size_t>(image) * size, size);
}

std::vector<std::span<const std::int16_t>> inputs_of(const IntegerLayer& layer,
                                                     const IntegerNetwork& network,
                                                     const Calibration& calibration,
                                                     std::int64_t image) {
  std::vector<std::span<const std::int16_t>> inputs;
  for (const int input : layer.inputs)
    inputs.push_back(
        calibration.codes(network.layers[static_cast<std::size_t>(input)], input, image));
  return inputs;
}

std::vector<std::int16_t> store_all(const IntegerLayer& layer, const IntegerNetwork& network,
                                    const Calibration& calibration) {
  const auto size = static_cast<std::size_t>(layer.elements());
  std::vector<std::int16_t> stored(size * static_cast<std::size_t>(calibration.count));
  tbb::parallel_for(std::int64_t{0}, calibration.count, [&](std::int64_t image) {
    const auto codes =
        compute_layer(layer, inputs_of(layer, network, calibration, image), calibration.backend);
    std::ranges::copy(codes, stored.begin() + image * layer.elements());
  });
  return stored;
}

std::span<const float> image_values(std::span<const float> values, const IntegerLayer& layer,
                                    std::int64_t image) {
  const auto size = static_cast<std::size_t>(layer.elements());
  return values.subspan(static_cast<std::size_t>(image) * size, size);
}

void check_range(const std::string& name, std::span<const float> values, Rectifier rectifier) {
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    throw Error("layer '", name, "' must have finite values, got one that is not");
  if (std::ranges::all_of(values, [&](float value) { return rectify(value, rectifier) == 0; }))
    throw Error("layer '", name, "' must have a range, but is zero on every calibration image");
}

void set_format(IntegerLayer& layer, const NumberFormat& number, double step, Rectifier rectifier) {
  layer.format = {number, step};
  layer.low = rectifier == Rectifier::none ? number.lowest() : 0;
  layer.high = number.highest();
  if (rectifier == Rectifier::relu6) layer.high = std::min(layer.high, number.nearest(6 / step));
}

double squared_error(std::span<const std::int16_t> stored, double step,
                     std::span<const float> values, Rectifier rectifier) {
  const auto unit = static_cast<float>(step);
  double sum = 0;
  for (std::size_t i = 0; i < stored.size(); ++i) {
    const float difference = static_cast<float>(stored[i]) * unit - rectify(values[i], rectifier);
    sum += double{difference} * double{difference};
  }
  return sum;
}

std::vector<double> summed_errors(std::int64_t images, std::size_t count, const AddErrors& add) {
  std::vector<double> errors(count * static_cast<std::size_t>(images));
  tbb::parallel_for(std::int64_t{0}, images, [&](std::int64_t image) {
    add(image, std::span(errors).subspan(static_cast<std::size_t>(image) * count, count));
  });
  for (std::size_t i = count; i < errors.size(); ++i) errors[i % count] += errors[i];
  errors.resize(count);
  return errors;
}

}  // namespace citrine
