#pragma once
// A convolution that is being fitted, run on the calibration images.
#include <cstdint>
#include <span>
#include <vector>

#include "lower/calibration.h"
#include "quant/rescaling.h"

namespace citrine {

struct ConvolutionTarget {
  std::span<const float>
      values;  // of the float network before the rectifier, all calibration images
  Rectifier rectifier = Rectifier::none;
  bool is_last = false;       // its accumulators are the logits
  bool corrects_bias = true;  // where the settings say so
};

class ConvolutionTrial {
 public:
  // All are borrowed.
  ConvolutionTrial(const ConvolutionTarget& target, const IntegerNetwork& network,
                   const Calibration& calibration)
      : target_(target), network_(network), calibration_(calibration) {}

  const ConvolutionTarget& target() const { return target_; }
  const IntegerNetwork& network() const { return network_; }
  const Calibration& calibration() const { return calibration_; }
  const IntegerLayer& source(const IntegerLayer& layer, std::size_t input) const {
    return network_.layers[static_cast<std::size_t>(layer.inputs[input])];
  }
  // Real value of an accumulator's unit.
  double unit(const IntegerLayer& layer, std::size_t filter) const {
    return accumulator_unit(network_, layer, static_cast<int>(filter));
  }

  // Of one image, the residual included.
  std::vector<std::int32_t> accumulators(const IntegerLayer& layer, std::int64_t image) const;
  // By filter: squared errors of the rectified accumulators, over the trial images.
  std::vector<double> squared_errors(const IntegerLayer& layer) const;
  // By filter: how much the accumulators lie too low, mean over all images, in their units.
  std::vector<double> mean_errors(const IntegerLayer& layer) const;

 private:
  std::vector<float> units(const IntegerLayer& layer) const;

  const ConvolutionTarget& target_;
  const IntegerNetwork& network_;
  const Calibration& calibration_;
};

}  // namespace citrine
