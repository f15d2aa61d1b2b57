#include "lower/calibration.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <tbb/parallel_for.h>

#include "kernels/error.h"

namespace citrine {
namespace {

float largest_magnitude(std::span<const float> values, Rectifier rectifier) {
  float largest = 0;
  for (const float value : values) largest = std::max(largest, std::abs(rectify(value, rectifier)));
  return largest;
}

}  // namespace

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

float rectify(float value, Rectifier rectifier) {
  if (rectifier == Rectifier::none) return value;
  const float positive = std::max(value, 0.0F);
  return rectifier == Rectifier::relu6 ? std::min(positive, 6.0F) : positive;
}

void check_range(const std::string& name, std::span<const float> values, Rectifier rectifier) {
  if (!std::ranges::all_of(values, [](float value) { return std::isfinite(value); }))
    throw Error("layer '", name, "' must have finite values, got one that is not");
  if (largest_magnitude(values, rectifier) == 0)
    throw Error("layer '", name, "' must have a range, but is zero on every calibration image");
}

int covering_exponent(std::span<const float> values, Rectifier rectifier,
                      const NumberFormat& number) {
  const double step = double{largest_magnitude(values, rectifier)} / number.highest();
  return static_cast<int>(std::ceil(std::log2(step)));
}

void set_format(IntegerLayer& layer, const NumberFormat& number, int exponent,
                Rectifier rectifier) {
  layer.format = {number, std::ldexp(1.0, exponent)};
  layer.low = rectifier == Rectifier::none ? number.lowest() : 0;
  layer.high = number.highest();
  if (rectifier == Rectifier::relu6)
    layer.high = std::min(layer.high, number.nearest(std::ldexp(6.0, -exponent)));
}

int exponent_of(const IntegerLayer& layer) { return std::ilogb(layer.format.step); }

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

double summed_error(std::int64_t images, const ImageError& error) {
  std::vector<double> errors(static_cast<std::size_t>(images));
  tbb::parallel_for(std::size_t{0}, errors.size(), [&](std::size_t image) {
    errors[image] = error(static_cast<std::int64_t>(image));
  });
  return std::accumulate(errors.begin(), errors.end(), 0.0);
}

}  // namespace citrine
