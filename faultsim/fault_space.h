#pragma once
// All faults of a site in a network, numbered: layer by layer, then element, step, bit, bit fastest.
#include <cstdint>
#include <vector>

#include "faultsim/fault.h"
#include "quant/integer_network.h"

namespace citrine {

// MAC sites: every convolution (and fully connected layer), padded taps included. Output register: every convolution but
// the last. Weight memory: every convolution's codes. Activation memory: what convolutions, sums and pools store; the image
// and views (concatenation, shortcut) are not counted.
class FaultSpace {
 public:
  FaultSpace(const IntegerNetwork& network, Site site);
  std::uint64_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  std::uint64_t size(int layer) const;
  Fault operator[](std::uint64_t index) const;

 private:
  struct Extent {
    std::uint64_t elements = 0, steps = 1, bits = 0;
  };
  Site site_;
  std::vector<Extent> extents_;      // by layer
  std::vector<std::uint64_t> ends_;  // by layer, cumulated
};

}  // namespace citrine
