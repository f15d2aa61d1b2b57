#include "faultsim/layer_differences.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <utility>

#include "faultsim/array_part.h"

namespace citrine {
namespace {

// Where the faults are, and what of the layer faulty elements of the array compute.
void place_faults(const IntegerLayer& layer, std::span<const Fault> faults, const ArrayShape& array,
                  LayerDifference& difference) {
  std::set<std::uint32_t> elements;
  for (const auto& fault : faults) {
    if (!is_array(fault.site)) {
      difference.has_fault |= difference.layer == fault.layer;
    } else if (layer.kind == LayerKind::convolution && elements.insert(fault.element).second) {
      const ArrayPart part(layer.convolution, array, fault.element);
      difference.array_outputs += part.outputs();
      difference.array_macs += part.macs();
      difference.has_fault |= part.macs() > 0;
    }
  }
}

void count_changes(const Runs& runs, const IntegerLayer& layer, LayerDifference& difference) {
  const auto channels = static_cast<std::size_t>(layer.channels);
  difference.changed_channels.resize(static_cast<std::size_t>(difference.pixels));
  for (std::size_t i = 0; i < static_cast<std::size_t>(difference.elements); ++i) {
    const auto change = runs.change_of(difference.layer, i);
    difference.largest = std::max(difference.largest, change);
    if (change != 0) ++difference.changed_channels[i / channels];
  }
  for (const auto changed : difference.changed_channels) {
    difference.changed += changed;
    difference.changed_pixels += changed != 0 ? 1 : 0;
  }
  const double step = runs.is_last(difference.layer) ? logit_step(runs.network) : layer.format.step;
  difference.largest_real = static_cast<double>(difference.largest) * step;
}

}  // namespace

std::int64_t Runs::change_of(std::size_t layer, std::size_t element) const {
  const auto change = [&](const auto& before, const auto& after) {
    return std::abs(std::int64_t{before[element]} - after[element]);
  };
  return is_last(layer) ? change(golden.logits, faulty.logits)
                        : change(golden.stored[layer], faulty.stored[layer]);
}

std::vector<LayerDifference> layer_differences(const Runs& runs, std::span<const Fault> faults,
                                               const ArrayShape& array) {
  std::vector<LayerDifference> differences;
  for (const auto& layer : runs.network.layers) {
    LayerDifference difference{.layer = static_cast<std::uint32_t>(differences.size()),
                               .elements = layer.elements(),
                               .pixels = std::int64_t{layer.height} * layer.width};
    place_faults(layer, faults, array, difference);
    count_changes(runs, layer, difference);
    difference.is_reached =
        difference.has_fault || std::ranges::any_of(layer.inputs, [&](int input) {
          return differences[static_cast<std::size_t>(input)].changed != 0;
        });
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace citrine
