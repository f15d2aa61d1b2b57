#pragma once
// What `citrine quantize` works on: a float network with its images, and how it is lowered.
#include <string>
#include <vector>

#include "app/evaluation.h"
#include "app/options.h"
#include "lower/lower.h"

namespace citrine {

struct Quantization {
  Dataset dataset;
  Network network;
  ImageSet test;
};

Quantization load_quantization(const Options& options);
// Does it end in .json?
bool is_scheme_file(const std::string& scheme);
// `scheme`: a scheme's name, or a scheme file, which ends in .json. Throws Error if it is neither.
LowerSettings lower_settings(const std::string& scheme, const std::string& criterion,
                             const Options& options);
// Normalized; of the seed's draw number `draw`.
std::vector<float> calibration_images(const Quantization& quantization, const Options& options,
                                      std::int64_t draw = 0);
// On the calibration images of that draw; tuned on them where --tune says so. Shows progress; a
// signal ends it with Interrupted.
IntegerNetwork lower_network(const Quantization& quantization, const LowerSettings& settings,
                             const Options& options, std::int64_t draw = 0);
// The float network on the test images.
Evaluation evaluate_reference(const Quantization& quantization, const Options& options);

}  // namespace citrine
