#pragma once
// A network as its faulty runs on this processor read it; many may at once.
#include <cstddef>
#include <optional>
#include <vector>

#include "faultsim/convolution_cost.h"
#include "kernels/difference_convolution.h"
#include "kernels/window_reach.h"
#include "quant/integer_network.h"
#include "quant/prepared_layer.h"

namespace citrine {

template <class Element>
struct DifferenceLayer {
  const IntegerLayer& source;
  std::size_t index;
  PreparedLayer<Element> prepared;
  std::optional<DifferenceConvolution<Element>> convolution;
  std::optional<WindowReach> reach;  // of layers with a window
  std::vector<std::size_t> inputs;
  ConvolutionCost cost;

  std::size_t memory() const;  // of a convolution, either way

  // How often windows see elements of the input, but for those beyond edges.
  double seen_elements(double elements) const;
};

template <class Element>
class DifferenceNetwork {
 public:
  // The network must outlive it; none of its sums may saturate. Nothing costs anything, so that no
  // convolution is computed anew.
  explicit DifferenceNetwork(const IntegerNetwork& network);
  void set_costs(const std::vector<ConvolutionCost>& costs);  // by layer

  const IntegerNetwork& network() const { return network_; }
  const DifferenceLayer<Element>& layer(std::size_t index) const { return layers_[index - 1]; }

 private:
  const IntegerNetwork& network_;
  std::vector<DifferenceLayer<Element>> layers_;  // without the input
};

}  // namespace citrine
