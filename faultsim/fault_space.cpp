#include "faultsim/fault_space.h"

#include <algorithm>

#include "kernels/error.h"
#include "quant/forward.h"

namespace citrine {
namespace {

std::uint64_t count(std::int64_t value) { return static_cast<std::uint64_t>(value); }

SiteExtent mac_extent(const IntegerLayer& layer, int bits) {
  return {count(layer.elements()), count(layer.convolution.steps()), count(bits)};
}

SiteExtent stored_extent(const IntegerLayer& layer) {
  return {count(layer.elements()), 1, count(layer.format.number.bits())};
}

SiteExtent convolution_extent(const IntegerNetwork& network, const IntegerLayer& layer, Site site,
                              bool is_last) {
  const MacWidths widths = mac_widths(network, layer);
  const auto& source = network.layers[static_cast<std::size_t>(layer.inputs[0])];
  switch (site) {
    case Site::weight_operand:
      return mac_extent(layer, layer.weight_format.bits());
    case Site::activation_operand:
      return mac_extent(layer, source.format.number.bits());
    case Site::product:
      return mac_extent(layer, widths.product);
    case Site::accumulator:
      return mac_extent(layer, widths.accumulator);
    case Site::weight_memory:
      return {layer.weights.size(), 1, count(layer.weight_format.bits())};
    case Site::output_register:
    case Site::activation_memory:
      return is_last ? SiteExtent{} : stored_extent(layer);
  }
  throw Error("a fault site must be below ", kSites, ", got ", static_cast<int>(site));
}

}  // namespace

SiteExtent site_extent(const IntegerNetwork& network, Site site, std::size_t index) {
  const auto& layer = network.layers.at(index);
  if (layer.kind == LayerKind::convolution)
    return convolution_extent(network, layer, site, index + 1 == network.layers.size());
  const bool is_stored = layer.kind == LayerKind::add || layer.kind == LayerKind::max_pool ||
                         layer.kind == LayerKind::average_pool;
  return is_stored && site == Site::activation_memory ? stored_extent(layer) : SiteExtent{};
}

void check(const IntegerNetwork& network, const Fault& fault) {
  if (static_cast<int>(fault.site) >= kSites)
    throw Error("a fault site must be below ", kSites, ", got ", static_cast<int>(fault.site));
  if (fault.layer >= network.layers.size())
    throw Error("a fault's layer must be below ", network.layers.size(), ", got ", fault.layer);
  const auto extent = site_extent(network, fault.site, fault.layer);
  const auto require = [&](const char* what, std::uint64_t value, std::uint64_t end) {
    if (value >= end)
      throw Error("a fault in ", name_of(fault.site), " of layer '",
                  network.layers[fault.layer].name, "' must have ", what, " below ", end, ", got ",
                  value);
  };
  require("an element", fault.element, extent.elements);
  require("a step", fault.step, extent.steps);
  require("a bit", fault.bit, extent.bits);
}

FaultSpace::FaultSpace(const IntegerNetwork& network, Site site) : site_(site) {
  std::uint64_t end = 0;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto extent = site_extent(network, site, layer);
    // Elements and steps are below 2^31 and bits at most 32, so one layer cannot wrap, nor can the
    // sum of two.
    if (extent.elements * extent.steps >= (std::uint64_t{1} << 57) ||
        end + extent.size() >= (std::uint64_t{1} << 63))
      throw Error("site ", name_of(site), " must have fewer than 2^63 faults");
    extents_.push_back(extent);
    ends_.push_back(end += extent.size());
  }
}

Fault FaultSpace::operator[](std::uint64_t index) const {
  const auto end = std::ranges::upper_bound(ends_, index);
  if (end == ends_.end()) throw Error("a fault's number must be below ", size(), ", got ", index);
  const auto layer = static_cast<std::size_t>(end - ends_.begin());
  const auto& extent = extents_[layer];
  const std::uint64_t local = index - (ends_[layer] - extent.size());
  const auto narrow = [](std::uint64_t value) { return static_cast<std::uint32_t>(value); };
  return {.site = site_,
          .layer = narrow(layer),
          .element = narrow(local / extent.bits / extent.steps),
          .step = narrow(local / extent.bits % extent.steps),
          .bit = narrow(local % extent.bits)};
}

}  // namespace citrine
