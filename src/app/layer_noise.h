#pragma once
// How far what an integer network stores is from the float network, layer by layer.
#include <string>
#include <vector>

#include "data/dataset.h"
#include "graph/weights.h"
#include "quant/integer_network.h"

namespace citrine {

// 10 log10 of a ratio of powers; finite, also where one is 0.
double decibels(double signal, double noise);

struct LayerNoise {
  std::string layer;
  double signal_to_noise_db = 0;  // float values of what the layer stores (the last one: logits)
};
// Of every layer, the input included, over the first 256 images. Shows progress; a signal ends it
// with Interrupted. Throws Error for a layer that is none of the float network's.
std::vector<LayerNoise> layer_noise(const IntegerNetwork& integer, const Network& network,
                                    const Dataset& dataset, const ImageSet& images);

}  // namespace citrine
