#include "faultsim/fault_space.h"

#include <algorithm>
#include <string>

#include "faultsim/mac_faults.h"
#include "faultsim/scale_faults.h"
#include "kernels/error.h"
#include "kernels/random.h"
#include "quant/forward.h"
#include "quant/operation_count.h"

namespace citrine {
namespace {

std::uint64_t count(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::uint32_t narrow(std::uint64_t value) { return static_cast<std::uint32_t>(value); }

const NumberFormat& activations(const IntegerNetwork& network, const IntegerLayer& layer) {
  return network.layers[static_cast<std::size_t>(layer.inputs[0])].format.number;
}

// Of a convolution's MAC units.
int mac_bits(const IntegerNetwork& network, const IntegerLayer& layer, Site site) {
  switch (site) {
    case Site::weight_operand:
    case Site::array_weight:
      return layer.weight_format.bits();
    case Site::activation_operand:
    case Site::array_activation:
      return activations(network, layer).bits();
    case Site::accumulator:
    case Site::array_accumulator:
      return layer.accumulator.bits;
    default:
      return mac_widths(network, layer).product;
  }
}

SiteExtent stored_extent(const IntegerLayer& layer) {
  return {count(layer.elements()), 1, count(layer.format.number.bits())};
}

SiteExtent shift_extent(const IntegerNetwork& network, const IntegerLayer& layer, Site site) {
  if (needs_multiplier(layer.weight_format)) return {};
  const ShiftRegisters registers(layer.weight_format);
  const int steps = layer.convolution.steps();
  if (site == Site::mode_bit) return {count(layer.elements()), count(registers.cycles(steps)), 1};
  const int bits = site == Site::shifter ? mac_bits(network, layer, site) : registers.bits();
  return {count(layer.elements()), count(steps) * count(registers.slots), count(bits)};
}

SiteExtent scale_extent(const IntegerLayer& layer, Site site) {
  if (site == Site::scale_shift) return {layer.scales.size(), 1, kShiftBits};
  return has_multipliers(layer) ? SiteExtent{layer.scales.size(), 1, kMultiplierBits}
                                : SiteExtent{};
}

// With all bits of a register.
SiteExtent convolution_extent(const IntegerNetwork& network, const IntegerLayer& layer, Site site,
                              bool is_last) {
  switch (site) {
    case Site::weight_operand:
    case Site::activation_operand:
    case Site::product:
    case Site::accumulator:
      return {count(layer.elements()), count(layer.convolution.steps()),
              count(mac_bits(network, layer, site))};
    case Site::weight_memory:
      return {layer.weights.size(), 1, count(layer.weight_format.bits())};
    case Site::bias_memory:
      return {layer.bias.size(), 1, count(layer.accumulator.bits)};
    case Site::output_register:
    case Site::activation_memory:
      return is_last ? SiteExtent{} : stored_extent(layer);
    case Site::scale_multiplier:
    case Site::scale_shift:
      return is_last ? SiteExtent{} : scale_extent(layer, site);
    case Site::exponent_register:
    case Site::shifter:
    case Site::mode_bit:
      return shift_extent(network, layer, site);
    default:
      return {};
  }
}

// The array stands where the input does, which computes nothing.
SiteExtent array_extent(const IntegerNetwork& network, Site site, const ArrayShape& array) {
  int bits = 0;
  for (const auto& layer : network.layers)
    if (layer.kind == LayerKind::convolution) bits = std::max(bits, mac_bits(network, layer, site));
  return {std::uint64_t{array.rows} * array.columns, 1, count(bits)};
}

SiteExtent register_extent(const IntegerNetwork& network, Site site, std::size_t index,
                           const ArrayShape& array) {
  const auto& layer = network.layers.at(index);
  if (is_array(site)) return index == 0 ? array_extent(network, site, array) : SiteExtent{};
  if (layer.kind == LayerKind::convolution)
    return convolution_extent(network, layer, site, index + 1 == network.layers.size());
  const bool is_stored = layer.kind == LayerKind::add || layer.kind == LayerKind::max_pool ||
                         layer.kind == LayerKind::average_pool;
  return is_stored && site == Site::activation_memory ? stored_extent(layer) : SiteExtent{};
}

}  // namespace

SiteExtent site_extent(const IntegerNetwork& network, Site site, std::size_t layer,
                       const FaultModel& model) {
  if (!model.has(layer) || (is_array(site) && !model.layers.empty())) return {};
  auto extent = register_extent(network, site, layer, model.array);
  if (extent.size() == 0) return {};
  const auto width = model.width == 0 ? extent.bits : model.width;
  extent.bits -= std::min(extent.bits, width - 1);
  return extent.size() == 0 ? SiteExtent{} : extent;
}

namespace {

SiteExtent checked_extent(const IntegerNetwork& network, const Fault& fault,
                          const ArrayShape& array) {
  if (static_cast<int>(fault.site) >= kSites)
    throw Error("a fault site must be below ", kSites, ", got ", static_cast<int>(fault.site));
  if (fault.layer >= network.layers.size())
    throw Error("a fault's layer must be below ", network.layers.size(), ", got ", fault.layer);
  return register_extent(network, fault.site, fault.layer, array);
}

std::string place_of(const IntegerNetwork& network, const Fault& fault) {
  const auto site = "a fault in " + std::string(name_of(fault.site));
  return is_array(fault.site) ? site
                              : site + " of layer '" + network.layers[fault.layer].name + "'";
}

void check(const IntegerNetwork& network, const Fault& fault, const SiteExtent& extent) {
  const auto require = [&](const char* what, std::uint64_t value, std::uint64_t end) {
    if (value >= end)
      throw Error(place_of(network, fault), " must have ", what, " below ", end, ", got ", value);
  };
  require("an element", fault.element, extent.elements);
  require("a step", fault.step, extent.steps);
  require("a bit", fault.bit, extent.bits);
  if (fault.width < 1 || fault.width > extent.bits - fault.bit)
    throw Error(place_of(network, fault), " from bit ", fault.bit, " on must have 1 to ",
                extent.bits - fault.bit, " bits, got ", fault.width);
  require("a value", fault.value,
          fault.effect == Effect::random_value ? std::uint64_t{1} << fault.width : 1);
}

}  // namespace

void check(const IntegerNetwork& network, const Fault& fault, const ArrayShape& array) {
  check(network, fault, checked_extent(network, fault, array));
}

void check_together(const IntegerNetwork& network, std::span<const Fault> faults,
                    const ArrayShape& array) {
  if (faults.empty()) throw Error("an inference must have at least one fault");
  const auto& first = faults.front();
  auto layer = first.layer;
  auto extent = checked_extent(network, first, array);
  for (const auto& fault : faults) {
    if (fault.site != first.site)
      throw Error("faults of one inference must be of one site, got ", name_of(first.site), " and ",
                  name_of(fault.site));
    if (fault.layer != layer) extent = checked_extent(network, fault, array);
    layer = fault.layer;
    check(network, fault, extent);
  }
}

FaultSpace::FaultSpace(const IntegerNetwork& network, Site site, const FaultModel& model)
    : site_(site), model_(model) {
  std::uint64_t end = 0;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto extent = site_extent(network, site, layer, model);
    // Elements and steps are below 2^31 and bits at most 32, so one layer cannot wrap, nor can the
    // sum of two.
    if (extent.elements * extent.steps >= (std::uint64_t{1} << 57) ||
        end + extent.size() >= (std::uint64_t{1} << 63))
      throw Error("site ", name_of(site), " must have fewer than 2^63 faults");
    extents_.push_back(extent);
    widths_.push_back(model.width > 0
                          ? model.width
                          : narrow(register_extent(network, site, layer, model.array).bits));
    ends_.push_back(end += extent.size());
  }
}

Fault FaultSpace::operator[](std::uint64_t index) const {
  const auto end = std::ranges::upper_bound(ends_, index);
  if (end == ends_.end()) throw Error("a fault's number must be below ", size(), ", got ", index);
  const auto layer = static_cast<std::size_t>(end - ends_.begin());
  const auto& extent = extents_[layer];
  const std::uint64_t local = index - (ends_[layer] - extent.size());
  Fault fault{.site = site_,
              .layer = narrow(layer),
              .element = narrow(local / extent.bits / extent.steps),
              .step = narrow(local / extent.bits % extent.steps),
              .bit = narrow(local % extent.bits),
              .width = widths_[layer],
              .effect = model_.effect};
  if (fault.effect == Effect::random_value) fault.value = random_value(index, fault.width);
  return fault;
}

std::uint32_t FaultSpace::random_value(std::uint64_t index, std::uint32_t width) const {
  return narrow(uniform_below(model_.values, index, std::uint64_t{1} << width));
}

void FaultWalk::seek(std::uint64_t index) {
  pattern_ = space_[index];
  const auto& extent = space_.extents_[pattern_.layer];
  const auto faults = extent.steps * extent.bits;
  if (faults > Divisor::kEnd)
    throw Error("site ", name_of(pattern_.site), " must have at most 2^31 faults an element, got ",
                faults);
  end_ = space_.ends_[pattern_.layer];
  step_faults_ = Divisor(narrow(extent.bits));
  element_faults_ = Divisor(narrow(faults));
  element_ = pattern_.element;
  element_first_ = end_ - extent.size() + element_ * faults;
}

}  // namespace citrine
