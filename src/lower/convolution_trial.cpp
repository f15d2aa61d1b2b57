#include "lower/convolution_trial.h"

#include <cmath>

#include "lower/steps.h"

namespace citrine {

std::vector<std::int32_t> ConvolutionTrial::accumulators(const IntegerLayer& layer,
                                                         std::int64_t image) const {
  std::vector<std::int32_t> sums(static_cast<std::size_t>(layer.elements()));
  const auto input = calibration_.codes(source(layer, 0), layer.inputs[0], image);
  calibration_.backend.convolve(convolution_of(network_, layer, input.data()), sums);
  if (layer.inputs.size() == 1) return sums;
  const auto residual = calibration_.codes(source(layer, 1), layer.inputs[1], image);
  const auto channels = static_cast<std::size_t>(layer.channels);
  const auto widths = mac_widths(network_, layer);
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto& scale = layer.residual_scale(static_cast<int>(i % channels));
    sums[i] = widths.accumulated(sums[i] + scale(residual[i]));
  }
  return sums;
}

std::vector<double> ConvolutionTrial::squared_errors(const IntegerLayer& layer) const {
  const auto units = this->units(layer);
  const auto rectifier = target_.rectifier;
  return summed_errors(
      calibration_.trial_count, units.size(), [&](std::int64_t image, std::span<double> errors) {
        const auto sums = accumulators(layer, image);
        const auto wanted = image_values(target_.values, layer, image);
        for (std::size_t i = 0; i < sums.size(); ++i) {
          const auto filter = i % errors.size();
          const float value = rectify(static_cast<float>(sums[i]) * units[filter], rectifier);
          const double difference = double{value} - double{rectify(wanted[i], rectifier)};
          errors[filter] += difference * difference;
        }
      });
}

std::vector<double> ConvolutionTrial::mean_errors(const IntegerLayer& layer) const {
  const auto units = this->units(layer);
  // A sum that has wrapped is wrong by what it lacks, not by the whole range.
  const bool wraps = layer.accumulator.overflow == Overflow::wrap;
  const double range = std::ldexp(1.0, layer.accumulator.bits);
  auto errors = summed_errors(
      calibration_.count, units.size(), [&](std::int64_t image, std::span<double> sums_of_errors) {
        const auto sums = accumulators(layer, image);
        const auto wanted = image_values(target_.values, layer, image);
        for (std::size_t i = 0; i < sums.size(); ++i) {
          const auto filter = i % units.size();
          const double error = double{wanted[i]} / double{units[filter]} - sums[i];
          sums_of_errors[filter] += wraps ? std::remainder(error, range) : error;
        }
      });
  const double samples =
      static_cast<double>(layer.height) * layer.width * static_cast<double>(calibration_.count);
  for (double& error : errors) error /= samples;
  return errors;
}

std::vector<float> ConvolutionTrial::units(const IntegerLayer& layer) const {
  std::vector<float> units;
  for (std::size_t filter = 0; filter < layer.bias.size(); ++filter)
    units.push_back(static_cast<float>(unit(layer, filter)));
  return units;
}

}  // namespace citrine
