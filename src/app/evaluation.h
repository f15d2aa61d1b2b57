#pragma once
// Accuracy of float and integer networks, as text, as JSON and as what results record.
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/interrupt.h"
#include "data/dataset.h"
#include "kernels/backend.h"
#include "quant/integer_network.h"
#include "train/train.h"

namespace citrine {

// Codes of all images for the network's input, [count, height, width, channels].
std::vector<std::int16_t> encode_images(const IntegerNetwork& network, const Dataset& dataset,
                                        const ImageSet& set);
// Normalized floats, [count, height, width, channels].
std::vector<float> normalized_images(const Dataset& dataset, const ImageSet& set);

// Index of the largest logit, the first of equals.
std::size_t top_class(std::span<const float> logits);

// Both show progress; a signal ends them with Interrupted(outlook).
Evaluation evaluate_float(const Network& network, const Dataset& dataset, const ImageSet& set,
                          EvaluateSettings settings, const char* outlook = kNothingWritten);
Evaluation evaluate_integer(const IntegerNetwork& network, const Dataset& dataset,
                            const ImageSet& set, const Backend& backend);

// correct, total, accuracy, interval (Wilson, 95 %), loss; nothing that depends on the machine's
// speed.
nlohmann::json evaluation_json(const Evaluation& evaluation);
// Of two evaluations on the same images: disagreements (other top classes) and
// logits_signal_to_noise_db, the reference's logits being the signal.
nlohmann::json agreement_json(const Evaluation& evaluation, const Evaluation& reference);
// "915/1000 correct, 91.50 % [89.60, 93.08], loss 0.31".
std::string evaluation_text(const Evaluation& evaluation);

}  // namespace citrine
