#pragma once
// What the calibration images tell about a layer: its range, and the error of a choice of
// exponents.
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "kernels/backend.h"
#include "lower/plan.h"
#include "quant/forward.h"
#include "quant/integer_network.h"
#include "quant/scheme.h"

namespace citrine {

constexpr int kTriedExponents = 4;  // of a step: the covering one and finer ones, which clip

// Codes that the layers so far store, of all calibration images.
struct Calibration {
  const Backend& backend;
  const Scheme& scheme;
  std::int64_t count = 0;                         // images
  std::int64_t trial_count = 0;                   // of which the first so many compare exponents
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

float rectify(float value, Rectifier rectifier);
// Throws Error that names the layer if a value is not finite, or all are zero after the rectifier.
void check_range(const std::string& name, std::span<const float> values, Rectifier rectifier);
// Smallest exponent whose highest integer covers the largest magnitude of `values`, after the
// rectifier.
int covering_exponent(std::span<const float> values, Rectifier rectifier,
                      const NumberFormat& number);
// Sets format, step 2^exponent and clamp of what a layer stores.
void set_format(IntegerLayer& layer, const NumberFormat& number, int exponent, Rectifier rectifier);
// Exponent of a step that is a power of two, as all are that this folder chooses.
int exponent_of(const IntegerLayer& layer);

// Sum of squared differences between what is stored and the rectified float values.
double squared_error(std::span<const std::int16_t> stored, double step,
                     std::span<const float> values, Rectifier rectifier);
// Sum over `images` images, computed in parallel, added in order.
using ImageError = std::function<double(std::int64_t image)>;
double summed_error(std::int64_t images, const ImageError& error);

}  // namespace citrine
