#pragma once
// When to compute a whole convolution instead of what changed in it.
#include <cstddef>
#include <vector>

namespace citrine {

// Seconds on this processor: of a changed output, of one term of differences in one dot product, of
// the whole layer. Those of a layer without weights are not read.
struct ConvolutionCost {
  double output = 0, term = 0, whole = 0;
  bool is_whole_cheaper(double outputs, double terms) const {
    return outputs * output + terms * term > whole;
  }
};

template <class Element>
class DifferenceNetwork;

// Measured in some tenths of an inference, by layer.
template <class Element>
std::vector<ConvolutionCost> measured_costs(const DifferenceNetwork<Element>& network);

}  // namespace citrine
