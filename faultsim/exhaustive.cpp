#include "faultsim/exhaustive.h"

#include <algorithm>
#include <functional>
#include <iterator>
#include <mutex>
#include <numeric>
#include <tuple>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/partitioner.h>

#include "faultsim/fault_space.h"

namespace citrine {
namespace {

constexpr std::size_t kElements = 64;  // at most, whose trials run one behind the other

// The first step from all / most on that is coprime with all, and so with the channels: elements
// that are so far apart are of each channel in turn.
std::size_t step_of(std::size_t all, std::size_t most) {
  auto step = std::max<std::size_t>(all / most, 1);
  while (std::gcd(step, all) > 1) ++step;
  return step;
}

// Every step-th of so many.
struct Elements {
  Elements(std::size_t all, std::size_t most)
      : total(all), step(step_of(all, most)), count((all + step - 1) / step) {}
  std::size_t operator[](std::size_t i) const { return i * step; }

  std::size_t total, step, count;
};

// What some elements add to slots.
struct Part {
  std::vector<EventCounts> faults;  // by slot
  std::uint64_t trials = 0;
};

// Faults of one outcome, so many of each slot.
void add(std::span<EventCounts> slots, const Outcome& outcome,
         std::span<const std::uint64_t> faults) {
  for (const Event event : kEvents)
    if (event.is_of(outcome))
      for (std::size_t slot = 0; slot < slots.size(); ++slot) slots[slot][event] += faults[slot];
}

void add(const OutputClasses& classes, std::span<const Outcome> outcomes, std::size_t element,
         std::span<LayerSlot> slots, Part& part) {
  add(part.faults, {.kind = OutcomeKind::masked_at_site}, classes.masked_at_site);
  add(part.faults, {.kind = OutcomeKind::masked_in_layer}, classes.masked_in_layer);
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    const auto faults = std::span(classes.counts).subspan(i * slots.size(), slots.size());
    add(part.faults, outcomes[i], faults);
    if (outcomes[i].kind != OutcomeKind::sdc) continue;
    for (std::size_t slot = 0; slot < slots.size(); ++slot)
      slots[slot].sdc[element] += faults[slot];
  }
  part.trials += outcomes.size();
}

// Calls count(range, slots, part) for all elements, some at a time, over all threads, and appends
// the slots.
template <class Count>
void add_slots(LayerCounts& counts, std::span<const FaultSlot> added, const Elements& elements,
               const Count& count) {
  std::vector<LayerSlot> slots;
  for (const auto& slot : added)
    slots.push_back({slot, {}, std::vector<std::uint64_t>(elements.total)});
  std::mutex mutex;
  tbb::parallel_for(
      tbb::blocked_range<std::size_t>(0, elements.count, kElements),
      [&](const auto& range) {
        Part part{std::vector<EventCounts>(slots.size())};
        count(range, std::span(slots), part);
        const std::scoped_lock lock(mutex);
        for (std::size_t slot = 0; slot < slots.size(); ++slot)
          slots[slot].faults += part.faults[slot];
        counts.trials += part.trials;
      },
      tbb::simple_partitioner());
  std::ranges::move(slots, std::back_inserter(counts.slots));
}

void add_outputs(LayerCounts& counts, const Engine& engine, const IntegerNetwork& network,
                 std::uint32_t layer, std::span<const Site> sites, const Golden& golden,
                 std::size_t most) {
  const auto slots = FaultClasses(network, layer, sites, golden).slots();
  if (slots.empty()) return;
  const Elements elements(static_cast<std::size_t>(network.layers[layer].elements()), most);
  add_slots(counts, slots, elements,
            [&](const auto& range, std::span<LayerSlot> found, Part& part) {
              FaultClasses finder(network, layer, sites, golden);
              std::vector<OutputClasses> classes(range.size());
              std::vector<Change> changes;
              for (std::size_t i = 0; i < range.size(); ++i) {
                const auto element = elements[range.begin() + i];
                finder.find(element, classes[i]);
                for (const auto value : classes[i].values)
                  changes.push_back({layer, static_cast<std::uint32_t>(element), value});
              }
              const auto outcomes = engine.run(changes, golden);
              for (std::size_t i = 0, at = 0; i < range.size(); at += classes[i++].values.size())
                add(classes[i], std::span(outcomes).subspan(at, classes[i].values.size()),
                    elements[range.begin() + i], found, part);
            });
}

// Each fault reaches many outputs, and is a trial of its own.
void add_parameters(LayerCounts& counts, const Engine& engine, const IntegerNetwork& network,
                    std::uint32_t layer, Site site, const Golden& golden, std::size_t most) {
  const auto extent = site_extent(network, site, layer);
  const Elements elements(extent.elements, most);
  std::vector<FaultSlot> slots;
  for (std::uint32_t bit = 0; bit < extent.bits; ++bit) slots.push_back({site, bit});
  add_slots(counts, slots, elements,
            [&](const auto& range, std::span<LayerSlot> found, Part& part) {
              std::vector<Fault> faults;
              for (auto i = range.begin(); i < range.end(); ++i)
                for (const auto& slot : slots)
                  faults.push_back({.site = site,
                                    .layer = layer,
                                    .element = static_cast<std::uint32_t>(elements[i]),
                                    .bit = slot.bit});
              const auto outcomes = engine.run(faults, golden);
              for (std::size_t i = 0; i < faults.size(); ++i) {
                const auto kind = outcomes[i].kind;
                add(part.faults[faults[i].bit], outcomes[i]);
                part.trials += kind > OutcomeKind::masked_in_layer ? 1 : 0;
                if (kind == OutcomeKind::sdc) ++found[faults[i].bit].sdc[faults[i].element];
              }
            });
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

bool is_counted(Site site) { return has_classes(site) || is_learned(site); }

LayerCounts exhaust_layer(const Engine& engine, const IntegerNetwork& network, std::uint32_t layer,
                          std::span<const Site> sites, const Golden& golden, std::size_t most) {
  LayerCounts counts;
  std::vector<Site> outputs;
  std::ranges::remove_copy_if(sites, std::back_inserter(outputs), is_learned);
  add_outputs(counts, engine, network, layer, outputs, golden, most);
  for (const Site site : sites)
    if (is_learned(site)) add_parameters(counts, engine, network, layer, site, golden, most);
  std::ranges::sort(counts.slots, {},
                    [](const LayerSlot& one) { return std::tuple(one.slot.site, one.slot.bit); });
  return counts;
}

void add_layer(ExhaustiveResult& result, std::uint32_t layer, const LayerCounts& counts) {
  for (const auto& [slot, faults, added] : counts.slots) {
    result.counts.push_back({result.images() - 1, layer, slot, faults});
    auto& sdc = criticality_of(result, layer, slot.site, added.size());
    std::ranges::transform(sdc, added, sdc.begin(), std::plus());
  }
  result.trials += counts.trials;
}

}  // namespace citrine
