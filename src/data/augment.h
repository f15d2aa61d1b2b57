#pragma once
// Augmentation, a function of (key, image): the same on every run, thread and machine.
#include <cstdint>
#include <span>

#include "data/dataset.h"
#include "kernels/random.h"

namespace citrine {

struct Augmentation {
  int crop_padding = 4;  // black border before a random crop, pixels
  bool flip = true;      // horizontal, only where the data set allows it
  int cutout = 0;        // side of a square set to the mean, pixels
  double mixup = 0;      // alpha of the Beta distribution; 0 for none
};

// Normalized, augmented floats [batch, height, width, channels] of the images `indices`; image i
// uses split(key, indices[i]).
void augment(const Dataset& dataset, const ImageSet& set, std::span<const std::uint32_t> indices,
             const Augmentation& augmentation, Key key, std::span<float> out);

// Weight of the first image when a batch is mixed with itself in reverse order: Beta(alpha, alpha),
// 1 if alpha is 0.
double mixup_weight(double alpha, Key key);

}  // namespace citrine
