#pragma once
// All faults of a site in a network, numbered: layer by layer, then element, step, bit, bit
// fastest.
#include <cassert>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "kernels/divisor.h"
#include "quant/integer_network.h"

namespace citrine {

// How many elements, steps of each and places of a fault's bits in each a site has in a layer; 0
// elements where it has none.
struct SiteExtent {
  std::uint64_t elements = 0, steps = 1, bits = 0;
  std::uint64_t size() const { return elements * steps * bits; }
};
SiteExtent site_extent(const IntegerNetwork& network, Site site, std::size_t layer,
                       const FaultModel& model = {});
// Throws Error unless the network has this fault.
void check(const IntegerNetwork& network, const Fault& fault, const ArrayShape& array = {});

// The same for faults of one inference, at least one and all of one site.
void check_together(const IntegerNetwork& network, std::span<const Fault> faults,
                    const ArrayShape& array = {});

// MAC sites: every convolution (and fully connected layer), padded taps included. Output register,
// scales: every convolution but the last. Weight and bias memory: every convolution's. Activation
// memory: what convolutions, sums and pools store; the image and views (concatenation, shortcut)
// are not counted. Shift-based elements: convolutions whose weights need no multiplier. Array: each
// register of an element once, as wide as any convolution's.
class FaultSpace {
 public:
  // Throws Error if the site has 2^63 faults or more.
  FaultSpace(const IntegerNetwork& network, Site site, const FaultModel& model = {});
  std::uint64_t size() const { return ends_.empty() ? 0 : ends_.back(); }
  // Throws Error unless index < size().
  Fault operator[](std::uint64_t index) const;

 private:
  friend class FaultWalk;
  std::uint32_t random_value(std::uint64_t index, std::uint32_t width) const;

  Site site_;
  FaultModel model_;
  std::vector<std::uint32_t> widths_;  // of a fault, by layer
  std::vector<SiteExtent> extents_;    // by layer
  std::vector<std::uint64_t> ends_;    // by layer, cumulated
};

// Faults of a space by numbers of which none is below the one before: faster, since what is divided
// is small. Throws Error as the space does, which must outlive it, and where an element has over
// 2^31 faults.
class FaultWalk {
 public:
  explicit FaultWalk(const FaultSpace& space) : space_(space) {}
  Fault operator()(std::uint64_t index);

 private:
  void seek(std::uint64_t index);  // in another layer, or far away

  const FaultSpace& space_;
  Fault pattern_;          // site, layer, width and effect of the layer's faults
  std::uint64_t end_ = 0;  // of the layer
  std::uint32_t element_ = 0;
  std::uint64_t element_first_ = 0;  // number of the element's first fault
  Divisor element_faults_{1}, step_faults_{1};
};

inline Fault FaultWalk::operator()(std::uint64_t index) {
  assert(index >= element_first_);
  if (index >= end_ || index - element_first_ >= Divisor::kEnd) seek(index);
  const auto behind = static_cast<std::uint32_t>(index - element_first_);
  const auto elements = element_faults_.quotient(behind);
  const auto rest = behind - elements * element_faults_.divisor();
  element_first_ = index - rest;
  element_ += elements;
  Fault fault = pattern_;
  fault.element = element_;
  fault.step = step_faults_.quotient(rest);
  fault.bit = rest - fault.step * step_faults_.divisor();
  if (fault.effect == Effect::random_value) fault.value = space_.random_value(index, fault.width);
  return fault;
}

}  // namespace citrine
