#include "faultsim/dense_run.h"

#include <algorithm>
#include <functional>
#include <tuple>
#include <utility>

#include "faultsim/array_part.h"
#include "faultsim/faulty_sum.h"
#include "faultsim/output_trace.h"
#include "faultsim/scale_faults.h"
#include "kernels/bits.h"

namespace citrine {
namespace {

// Calls visit(part) for each run of neighbours whose keys are equal.
template <class T, class KeyOf, class Visit>
void visit_groups(std::span<const T> all, KeyOf key_of, Visit visit) {
  while (!all.empty()) {
    const auto key = std::invoke(key_of, all.front());
    const auto end =
        std::ranges::find_if(all, [&](const T& one) { return std::invoke(key_of, one) != key; });
    const auto count = static_cast<std::size_t>(end - all.begin());
    visit(all.first(count));
    all = all.subspan(count);
  }
}

bool saturates(const IntegerLayer& layer) {
  return layer.accumulator.overflow == Overflow::saturate;
}

bool is_stored(Site site) {
  return site == Site::output_register || site == Site::activation_memory;
}

}  // namespace

struct DenseRun::Place {
  std::int32_t residual(const OutputWindow& of) const {
    return run.residual ? (*run.residual)[run.residual->place(of.row(), of.column(), of.filter())]
                        : 0;
  }
  std::ptrdiff_t stored(const OutputWindow& of) const {
    return run.stored->place(of.row(), of.column(), of.filter());
  }

  const IntegerLayer& layer;
  const LayerRun& run;
};

DenseRun::DenseRun(const IntegerNetwork& network, const ArrayShape& array,
                   std::span<const Fault> faults)
    : network_(network), array_(array), site_(faults.front().site), faults_(faults) {
  const auto place = [](const Fault& fault) {
    return std::tuple(fault.layer, fault.element, fault.step);
  };
  if (std::ranges::is_sorted(faults, {}, place)) return;
  sorted_.assign(faults.begin(), faults.end());
  std::ranges::stable_sort(sorted_, {}, place);
  faults_ = sorted_;
}

std::span<const Fault> DenseRun::faults_of(std::size_t layer) const {
  const auto wanted = static_cast<std::uint32_t>(layer);
  return {std::ranges::lower_bound(faults_, wanted, {}, &Fault::layer),
          std::ranges::upper_bound(faults_, wanted, {}, &Fault::layer)};
}

Altered DenseRun::altered(std::size_t layer) const {
  const bool is_convolution = network_.layers[layer].kind == LayerKind::convolution;
  if (is_array(site_)) return is_convolution ? Altered::with_sums : Altered::nothing;
  const auto faults = faults_of(layer).size();
  if (faults == 0) return Altered::nothing;
  return need_sums(layer, faults) ? Altered::with_sums : Altered::without_sums;
}

// Few sums are cheaper found by themselves than kept with all others.
bool DenseRun::need_sums(std::size_t index, std::size_t faults) const {
  constexpr std::size_t kKeptAsOneFound = 256;
  const auto& layer = network_.layers[index];
  if (is_stored(site_)) return false;
  return !has_steps(site_) || saturates(layer) ||
         faults * kKeptAsOneFound > static_cast<std::size_t>(layer.elements());
}

bool DenseRun::operator()(std::size_t layer, Activations& run) {
  if (altered(layer) == Altered::nothing) return false;
  (*this)(layer, layer_run(network_, layer, run));
  return true;
}

void DenseRun::operator()(std::size_t layer, const LayerRun& run) {
  const Place place{network_.layers[layer], run};
  const auto faults = faults_of(layer);
  switch (site_) {
    case Site::output_register:
    case Site::activation_memory:
      change_stored(place, faults);
      break;
    case Site::bias_memory:
      change_biases(place, faults);
      break;
    case Site::scale_multiplier:
    case Site::scale_shift:
      change_scales(place, faults);
      break;
    default: {
      const MacFaults macs(network_, place.layer, run.input);
      if (is_array(site_))
        change_array(place, macs);
      else if (site_ == Site::weight_memory)
        change_weights(place, macs, faults);
      else
        change_macs(place, macs, faults);
    }
  }
}

void DenseRun::change_macs(const Place& place, const MacFaults& macs,
                           std::span<const Fault> faults) {
  const auto step_of = [&](const Fault& fault) { return macs.step(fault); };
  visit_groups(faults, &Fault::element, [&](std::span<const Fault> output) {
    change_sum(place, macs, output.front().element, [&](auto take) {
      visit_groups(output, step_of, [&](std::span<const Fault> group) {
        const int step = step_of(group.front());
        if (step < macs.steps()) take(step, group);
      });
    });
  });
}

void DenseRun::change_weights(const Place& place, const MacFaults& macs,
                              std::span<const Fault> faults) {
  const auto& shape = macs.shape();
  const auto steps = static_cast<std::uint32_t>(macs.steps());
  visit_groups(
      faults, [&](const Fault& fault) { return fault.element / steps; },
      [&](std::span<const Fault> filter) {
        for (std::int64_t output = filter.front().element / steps; output < shape.outputs();
             output += shape.filters)
          change_sum(place, macs, output, [&](auto take) {
            visit_groups(filter, &Fault::element, [&](std::span<const Fault> group) {
              take(static_cast<int>(group.front().element % steps), group);
            });
          });
      });
}

// Output by output, as an element of a small array computes most of a layer.
void DenseRun::change_array(const Place& place, const MacFaults& macs) {
  const auto& shape = macs.shape();
  std::vector<std::pair<ArrayPart, std::span<const Fault>>> parts;
  visit_groups(faults_, &Fault::element, [&](std::span<const Fault> group) {
    parts.emplace_back(ArrayPart(shape, array_, group.front().element), group);
  });
  std::vector<MacUse> uses;
  const int group_filters = shape.filters / shape.groups;
  const auto change = [&](std::int64_t pixel, std::int64_t filter) {
    uses.clear();
    for (const auto& [part, faults] : parts) {
      if (!part.pixels.has(pixel) || !part.filters.has(filter % group_filters)) continue;
      for (int step = part.steps.start; step < part.steps.end; step += part.steps.stride)
        uses.push_back({step, faults});
    }
    if (uses.empty()) return;
    if (parts.size() > 1) std::ranges::stable_sort(uses, {}, &MacUse::step);
    change_sum(place, macs, pixel * shape.filters + filter, [&](auto take) {
      for (const auto& use : uses) take(use.step, use.faults);
    });
  };
  // Of one element its own outputs, of several all.
  const auto own = [&](const Range& range, std::int64_t count) {
    return parts.size() == 1 ? range : Range{0, 1, static_cast<int>(count)};
  };
  const auto pixels = own(parts[0].first.pixels, shape.outputs() / shape.filters);
  const auto filters = own(parts[0].first.filters, group_filters);
  for (std::int64_t pixel = pixels.start; pixel < pixels.end; pixel += pixels.stride)
    for (int first = 0; first < shape.filters; first += group_filters)
      for (int filter = filters.start; filter < filters.end; filter += filters.stride)
        change(pixel, first + filter);
}

// `visit_uses` calls what it is given with the step and the faults of each faulty MAC of the
// output, by step.
template <class VisitUses>
void DenseRun::change_sum(const Place& place, const MacFaults& macs, std::int64_t output,
                          VisitUses visit_uses) {
  const auto seen = macs.window(output);
  if (macs.widths().saturates) {
    uses_.clear();
    visit_uses([&](int step, std::span<const Fault> faults) { uses_.push_back({step, faults}); });
    if (uses_.empty()) return;
    const auto sum = macs.sum(seen, macs.bias(seen), uses_);
    return set_sum(place, seen, place.run.sums[output], sum);
  }
  FaultySum sum(macs, seen, place.run.sums != nullptr ? place.run.sums + output : nullptr);
  visit_uses([&](int step, std::span<const Fault> faults) { sum.take(step, faults); });
  if (sum.added() == 0) return;
  const auto before = sum.fault_free();
  set_sum(place, seen, before, sum.held(before + sum.added()));
}

void DenseRun::change_biases(const Place& place, std::span<const Fault> faults) {
  const auto& layer = place.layer;
  auto biases = layer.bias;
  for (const auto& fault : faults)
    biases[fault.element] =
        read_as(biases[fault.element], bit_change(fault), layer.accumulator.bits, true);
  const MacFaults macs(network_, layer, place.run.input);
  visit_groups(faults, &Fault::element, [&](std::span<const Fault> group) {
    const auto filter = group.front().element;
    const std::int64_t added = std::int64_t{biases[filter]} - layer.bias[filter];
    for (std::int64_t output = filter; output < layer.elements(); output += layer.channels) {
      const auto seen = macs.window(output);
      const auto before = place.run.sums[output];
      set_sum(place, seen, before,
              saturates(layer) ? macs.sum(seen, biases[filter], {})
                               : wrap(before + added, layer.accumulator.bits, true));
    }
  });
}

void DenseRun::change_scales(const Place& place, std::span<const Fault> faults) {
  const auto& layer = place.layer;
  const OutputWindows windows(layer.convolution);
  visit_groups(faults, &Fault::element, [&](std::span<const Fault> group) {
    const auto first = group.front().element;
    Scale scale = layer.scales[first];
    for (const auto& fault : group) scale = faulty_scale(scale, fault);
    const auto stride = static_cast<std::int64_t>(layer.scales.size());
    is_sum_changed_ |= scale != layer.scales[first];
    for (std::int64_t output = first; output < layer.elements(); output += stride) {
      const auto seen = windows[output];
      const auto sum =
          with_residual(layer, seen.filter(), place.run.sums[output], place.residual(seen));
      set_stored(place, place.stored(seen), store(layer, sum, scale));
    }
  });
}

void DenseRun::change_stored(const Place& place, std::span<const Fault> faults) {
  visit_groups(faults, &Fault::element, [&](std::span<const Fault> group) {
    const auto at = place.run.stored->place(group.front().element);
    const auto value = (*place.run.stored)[at];
    set_stored(place, at, read_as(place.layer.format.number, value, bit_change(group)));
  });
}

void DenseRun::set_sum(const Place& place, const OutputWindow& of, std::int32_t before,
                       std::int32_t sum) {
  if (sum == before) return;
  is_sum_changed_ = true;
  if (place.run.sums != nullptr) place.run.sums[of.output()] = sum;
  if (!place.run.stored)
    is_stored_changed_ = true;
  else
    set_stored(place, place.stored(of),
               requantize(place.layer, of.filter(), sum, place.residual(of)));
}

void DenseRun::set_stored(const Place& place, std::ptrdiff_t at, std::int16_t stored) {
  const auto& map = *place.run.stored;
  is_stored_changed_ |= stored != map[at];  // a branch would be mispredicted
  map.set(at, stored);
}

}  // namespace citrine
