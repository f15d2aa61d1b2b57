#pragma once
// An integer network in real values, interpreted layer by layer; maps are [count, channels, height,
// width], channels last in memory.
#include <vector>

#include <ATen/core/Tensor.h>

#include "train/latent_network.h"

namespace citrine {

// Of one layer; undefined where it has none.
struct LatentTensors {
  at::Tensor weights, bias, weight_exponents, exponent;
};

// Logits, [count, classes]. Of `latent` it reads all but the values that `tensors` holds.
at::Tensor quantized_forward(const LatentNetwork& latent, const std::vector<LatentTensors>& tensors,
                             const at::Tensor& images);

}  // namespace citrine
