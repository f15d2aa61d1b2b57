#pragma once
// What the calibration images tell about a layer: its range, and the error of a choice of steps.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "lower/lower_settings.h"
#include "lower/plan.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// Codes that the layers so far store, of all calibration images.
struct Calibration {
  const Backend& backend;
  const LowerSettings& settings;
  std::int64_t count = 0;                         // images
  std::int64_t trial_count = 0;                   // of which the first so many compare steps
  std::vector<std::vector<std::int16_t>> stored;  // by layer, [count, height, width, channels]

  std::span<const std::int16_t> codes(const IntegerLayer& layer, int index,
                                      std::int64_t image) const;
};

// What the inputs of `layer` store of one image.
std::vector<std::span<const std::int16_t>> inputs_of(const IntegerLayer& layer,
                                                     const IntegerNetwork& network,
                                                     const Calibration& calibration,
                                                     std::int64_t image);
// What `layer` stores of all images, over all threads.
std::vector<std::int16_t> store_all(const IntegerLayer& layer, const IntegerNetwork& network,
                                    const Calibration& calibration);

// The calibration images that compare steps, of [count, ...].
template <class Values>
Values trial_part(Values values, const Calibration& calibration) {
  return values.first(values.size() / static_cast<std::size_t>(calibration.count) *
                      static_cast<std::size_t>(calibration.trial_count));
}
// Values of one image, of [count, height, width, channels] as `layer` stores them.
std::span<const float> image_values(std::span<const float> values, const IntegerLayer& layer,
                                    std::int64_t image);

// Throws Error that names the layer if a value is not finite, or all are zero after the rectifier.
void check_range(const std::string& name, std::span<const float> values, Rectifier rectifier);
// Sets format, step and clamp of what a layer stores.
void set_format(IntegerLayer& layer, const NumberFormat& number, double step, Rectifier rectifier);

// Sum of squared differences between what is stored and the rectified float values.
double squared_error(std::span<const std::int16_t> stored, double step,
                     std::span<const float> values, Rectifier rectifier);
// `count` errors of each of `images` images, computed in parallel, summed in order. `add` adds one
// image's.
using AddErrors = std::function<void(std::int64_t image, std::span<double> errors)>;
std::vector<double> summed_errors(std::int64_t images, std::size_t count, const AddErrors& add);

}  // namespace citrine
