#include "faultsim/fault_classes.h"

#include <algorithm>
#include <array>

#include "faultsim/fault_place.h"
#include "faultsim/fault_space.h"
#include "faultsim/mac_faults.h"
#include "kernels/bits.h"
#include "kernels/error.h"

namespace citrine {
namespace {

bool is_mac(Site site) {
  return site == Site::weight_operand || site == Site::activation_operand ||
         site == Site::product || site == Site::accumulator;
}

BitChange flipped(std::uint32_t bit) { return {0, 1U << bit}; }

// How many of some registers hold each bit.
using BitCounts = std::array<std::uint32_t, 32>;

void count_bits(BitCounts& counts, std::int32_t value) {
  const auto bits = static_cast<std::uint32_t>(value);
  for (std::uint32_t bit = 0; bit < counts.size(); ++bit) counts[bit] += bits >> bit & 1U;
}

}  // namespace

bool has_classes(Site site) {
  return is_mac(site) || site == Site::output_register || site == Site::activation_memory;
}

FaultClasses::FaultClasses(const IntegerNetwork& network, std::size_t layer,
                           std::span<const Site> sites, const Activations& golden)
    : network_(network),
      layer_(network.layers.at(layer)),
      index_(layer),
      golden_(golden),
      is_last_(layer + 1 == network.layers.size()) {
  for (const Site site : sites) {
    if (!has_classes(site))
      throw Error("faults of one output must lie in a site of it, got ", name_of(site));
    const auto extent = site_extent(network, site, layer);
    if (extent.size() == 0) continue;
    sites_.push_back(site);
    for (std::uint32_t bit = 0; bit < extent.bits; ++bit) slots_.push_back({site, bit});
  }
  if (layer_.kind != LayerKind::convolution) return;
  const auto input = static_cast<std::size_t>(layer_.inputs[0]);
  operand_ = &network.layers[input].format.number;
  op_ = convolution_of(network, layer_, golden.stored[input].data());
  const auto steps = static_cast<std::size_t>(op_.shape.steps());
  weights_.resize(steps);
  activations_.resize(steps);
  sums_.resize(steps + 1);
  rests_.resize(steps);
}

void FaultClasses::find(std::size_t element, OutputClasses& classes) {
  classes.masked_at_site.assign(slots_.size(), 0);
  classes.masked_in_layer.assign(slots_.size(), 0);
  classes.values.clear();
  classes.counts.clear();
  places_.clear();
  classes_ = &classes;
  look_at(element);
  for (std::size_t first = 0; const Site site : sites_) {
    if (!is_mac(site))
      flip_stored(first);
    else if (op_.widths.saturates)
      flip_saturating(site, first);
    else
      flip_wrapping(site, first);
    first += site_extent(network_, site, index_).bits;
  }
}

void FaultClasses::look_at(std::size_t element) {
  element_ = element;
  golden_value_ = is_last_ ? golden_.logits[element] : golden_.stored[index_][element];
  if (layer_.kind != LayerKind::convolution) return;
  golden_sum_ = is_last_ ? golden_.logits[element] : golden_.sums[index_][element];
  const auto output = static_cast<std::int64_t>(element);
  sums_[0] = op_.bias[output % op_.shape.filters];
  const OutputWindows windows(op_.shape);
  const auto window = windows[output];
  const int steps = op_.shape.steps();
  std::copy_n(op_.weights + std::int64_t{window.filter()} * steps, steps, weights_.begin());
  std::ranges::fill(activations_, 0);
  window.visit_runs(0, steps, [&](int step, std::int64_t index, int count) {
    std::copy_n(op_.input + index, count, activations_.begin() + step);
  });
  for (std::size_t step = 0; step < weights_.size(); ++step)
    sums_[step + 1] =
        op_.multiply_accumulate(sums_[step], weights_[step], activations_[step], MacSite::none);
  if (op_.widths.saturates) make_rests();
}

// Adding and clamping one after the other is one addition and one clamp.
void FaultClasses::make_rests() {
  const std::int64_t high = layer_.accumulator.highest(), low = -high - 1;
  Rest rest{0, low, high};
  for (std::size_t step = weights_.size(); step-- > 0;) {
    rests_[step] = rest;
    const std::int64_t product =
        wrap(std::int64_t{weights_[step]} * activations_[step], op_.widths.product, true);
    const auto kept = [&](std::int64_t sum) {
      return std::clamp(sum + rest.added, rest.low, rest.high);
    };
    rest = {rest.added + product, kept(low), kept(high)};
  }
}

void FaultClasses::flip_stored(std::size_t first) {
  const auto bits = static_cast<std::uint32_t>(layer_.format.number.bits());
  for (std::uint32_t bit = 0; bit < bits; ++bit) {
    const auto value = read_as(layer_.format.number, golden_value_, flipped(bit));
    if (value == golden_value_)
      ++classes_->masked_at_site[first + bit];
    else
      add_value(first + bit, value, 1);
  }
}

void FaultClasses::flip_wrapping(Site site, std::size_t first) {
  if (site == Site::accumulator) return flip_sums(first);
  if (site == Site::product) return flip_products(first);
  const bool is_weight = site == Site::weight_operand;
  const auto& values = is_weight ? weights_ : activations_;
  const auto& others = is_weight ? activations_ : weights_;
  const auto& format = is_weight ? layer_.weight_format : *operand_;
  const auto bits = static_cast<std::uint32_t>(format.bits());
  std::uint64_t zeros = 0;
  for (std::size_t step = 0; step < values.size(); ++step) {
    if (others[step] == 0) {
      ++zeros;
      continue;
    }
    const auto code = format.code(values[step]);
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      const auto change = std::int64_t{format.value(code ^ 1U << bit)} - values[step];
      add_sum(first + bit, golden_sum_ + change * others[step], 1);
    }
  }
  for (std::uint32_t bit = 0; bit < bits; ++bit) classes_->masked_at_site[first + bit] += zeros;
}

// A flipped bit moves all later sums by its weight: down if it was set, else up.
void FaultClasses::flip_sums(std::size_t first) {
  BitCounts set{};
  for (std::size_t step = 0; step < weights_.size(); ++step) count_bits(set, sums_[step + 1]);
  for (std::uint32_t bit = 0; bit < static_cast<std::uint32_t>(op_.widths.accumulator); ++bit) {
    const auto weight = std::int64_t{1} << bit;
    add_sum(first + bit, golden_sum_ - weight, set[bit]);
    add_sum(first + bit, golden_sum_ + weight, weights_.size() - set[bit]);
  }
}

// The bit of the sign weighs as much in the other direction.
void FaultClasses::flip_products(std::size_t first) {
  BitCounts set{};
  for (std::size_t step = 0; step < weights_.size(); ++step)
    count_bits(set, weights_[step] * activations_[step]);
  const auto bits = static_cast<std::uint32_t>(op_.widths.product);
  for (std::uint32_t bit = 0; bit < bits; ++bit) {
    const auto weight = (std::int64_t{1} << bit) * (bit + 1 == bits ? -1 : 1);
    add_sum(first + bit, golden_sum_ - weight, set[bit]);
    add_sum(first + bit, golden_sum_ + weight, weights_.size() - set[bit]);
  }
}

void FaultClasses::flip_saturating(Site site, std::size_t first) {
  const auto bits = site_extent(network_, site, index_).bits;
  for (std::size_t step = 0; step < weights_.size(); ++step)
    for (std::uint32_t bit = 0; bit < bits; ++bit) {
      const auto sum =
          site == Site::accumulator
              ? flip(sums_[step + 1], static_cast<int>(bit), op_.widths.accumulator, true)
              : op_.widths.accumulated(std::int64_t{sums_[step]} + faulty_product(site, bit, step));
      const auto& rest = rests_[step];
      add_sum(first + bit, std::clamp(sum + rest.added, rest.low, rest.high), 1);
    }
}

std::int32_t FaultClasses::faulty_product(Site site, std::uint32_t bit, std::size_t step) const {
  const auto weight = weights_[step], activation = activations_[step];
  if (site == Site::product)
    return flip(wrap(std::int64_t{weight} * activation, op_.widths.product, true),
                static_cast<int>(bit), op_.widths.product, true);
  const bool is_weight = site == Site::weight_operand;
  const std::int32_t product =
      is_weight ? read_as(layer_.weight_format, weight, flipped(bit)) * activation
                : weight * read_as(*operand_, activation, flipped(bit));
  return wrap(product, op_.widths.product, true);
}

void FaultClasses::add_sum(std::size_t slot, std::int64_t sum, std::uint64_t count) {
  if (count == 0) return;
  const auto kept = op_.widths.saturates ? static_cast<std::int32_t>(sum)
                                         : wrap(sum, op_.widths.accumulator, true);
  if (kept == golden_sum_) {
    classes_->masked_at_site[slot] += count;
    return;
  }
  if (is_last_) return add_value(slot, kept, count);
  const bool has_residual = layer_.inputs.size() > 1;
  const std::int32_t residual =
      has_residual ? golden_.stored[static_cast<std::size_t>(layer_.inputs[1])][element_] : 0;
  const int channel = static_cast<int>(element_ % static_cast<std::size_t>(layer_.channels));
  const std::int32_t value = requantize(layer_, channel, kept, residual);
  if (value == golden_value_)
    classes_->masked_in_layer[slot] += count;
  else
    add_value(slot, value, count);
}

void FaultClasses::add_value(std::size_t slot, std::int32_t value, std::uint64_t count) {
  const auto [place, is_new] = places_.try_emplace(value, classes_->values.size());
  if (is_new) {
    classes_->values.push_back(value);
    classes_->counts.resize(classes_->counts.size() + slots_.size());
  }
  classes_->counts[place->second * slots_.size() + slot] += count;
}

}  // namespace citrine
