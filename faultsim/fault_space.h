#pragma once
// All faults of a site in a network, numbered: layer by layer, then element, step, bit, bit
// fastest.
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
  // Throws Error if the site has 2^63 faults or more, or one of its elements over 2^31.
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
// is small. Throws Error as the space does, which must outlive it.
class FaultWalk {
 public:
  explicit FaultWalk(const FaultSpace& space) : space_(space) {}
  Fault operator()(std::uint64_t index);

 private:
  void enter_layer(std::uint64_t index);

  const FaultSpace& space_;
  std::uint64_t end_ = 0;  // of the layer
  Fault first_;            // of those in the layer
  std::uint32_t element_ = 0;
  std::uint64_t element_first_ = 0;  // number of the element's first fault
  Divisor element_faults_{1}, step_faults_{1};
};

inline Fault FaultWalk::operator()(std::uint64_t index) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 31;
  if (index >= end_) enter_layer(index);
  const auto behind = index - element_first_;
  const auto elements = behind < kMost
                            ? element_faults_.quotient(static_cast<std::uint32_t>(behind))
                            : static_cast<std::uint32_t>(behind / element_faults_.divisor());
  const auto rest =
      static_cast<std::uint32_t>(behind - std::uint64_t{elements} * element_faults_.divisor());
  element_first_ = index - rest;
  element_ += elements;
  Fault fault = first_;
  fault.element = element_;
  fault.step = step_faults_.quotient(rest);
  fault.bit = rest - fault.step * step_faults_.divisor();
  if (fault.effect == Effect::random_value) fault.value = space_.random_value(index, fault.width);
  return fault;
}

}  // namespace citrine
