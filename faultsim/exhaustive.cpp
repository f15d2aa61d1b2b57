#include "faultsim/exhaustive.h"

#include <algorithm>
#include <functional>
#include <mutex>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>

namespace citrine {
namespace {

constexpr std::size_t kElements = 64;  // whose trials run one behind the other

void add(const OutputClasses& classes, std::span<const Outcome> outcomes,
         std::span<std::uint64_t> sdc, LayerCounts& counts) {
  const auto slots = counts.slots.size();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    auto& faults = counts.faults[slot];
    faults[static_cast<std::size_t>(OutcomeKind::masked_at_site)] += classes.masked_at_site[slot];
    faults[static_cast<std::size_t>(OutcomeKind::masked_in_layer)] += classes.masked_in_layer[slot];
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
      const auto count = classes.counts[i * slots + slot];
      faults[static_cast<std::size_t>(outcomes[i].kind)] += count;
      if (outcomes[i].kind == OutcomeKind::sdc) sdc[slot] += count;
    }
  }
}

void merge(const LayerCounts& part, LayerCounts& whole) {
  for (std::size_t slot = 0; slot < part.faults.size(); ++slot)
    std::ranges::transform(whole.faults[slot], part.faults[slot], whole.faults[slot].begin(),
                           std::plus());
  whole.trials += part.trials;
}

// That of a layer's site, all 0 if it is new.
std::vector<std::uint64_t>& criticality_of(ExhaustiveResult& result, std::uint32_t layer, Site site,
                                           std::size_t elements) {
  const auto found = std::ranges::find_if(result.criticality, [&](const Criticality& other) {
    return other.layer == layer && other.site == site;
  });
  if (found != result.criticality.end()) return found->sdc;
  result.criticality.push_back({layer, site, std::vector<std::uint64_t>(elements)});
  return result.criticality.back().sdc;
}

}  // namespace

LayerCounts exhaust_layer(const Engine& engine, const IntegerNetwork& network, std::size_t layer,
                          std::span<const Site> sites, const Golden& golden) {
  LayerCounts counts;
  counts.slots = FaultClasses(network, layer, sites, golden).slots();
  const auto slots = counts.slots.size();
  if (slots == 0) return counts;
  counts.faults.resize(slots);
  const auto elements = static_cast<std::size_t>(network.layers[layer].elements());
  counts.sdc.resize(elements * slots);
  std::mutex mutex;
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, elements, kElements), [&](const auto& range) {
        LayerCounts part{.slots = counts.slots, .faults = {}, .sdc = {}};
        part.faults.resize(slots);
        FaultClasses finder(network, layer, sites, golden);
        std::vector<OutputClasses> classes(range.size());
        std::vector<Change> changes;
        for (std::size_t i = 0; i < range.size(); ++i) {
          finder.find(range.begin() + i, classes[i]);
          for (const auto value : classes[i].values)
            changes.push_back({.layer = static_cast<std::uint32_t>(layer),
                               .element = static_cast<std::uint32_t>(range.begin() + i),
                               .value = value});
        }
        const auto outcomes = engine.run(changes, golden);
        for (std::size_t i = 0, at = 0; i < range.size(); at += classes[i++].values.size())
          add(classes[i], std::span(outcomes).subspan(at, classes[i].values.size()),
              std::span(counts.sdc).subspan((range.begin() + i) * slots, slots), part);
        part.trials = changes.size();
        const std::scoped_lock lock(mutex);
        merge(part, counts);
      });
  return counts;
}

void add_layer(ExhaustiveResult& result, std::uint32_t layer, const LayerCounts& counts) {
  const auto slots = counts.slots.size();
  for (std::size_t slot = 0; slot < slots; ++slot) {
    result.counts.push_back({result.images() - 1, layer, counts.slots[slot], counts.faults[slot]});
    auto& sdc = criticality_of(result, layer, counts.slots[slot].site, counts.sdc.size() / slots);
    for (std::size_t element = 0; element < sdc.size(); ++element)
      sdc[element] += counts.sdc[element * slots + slot];
  }
  result.trials += counts.trials;
}

}  // namespace citrine
