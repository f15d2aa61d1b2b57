#pragma once
// Every single-bit fault of outputs under some images, by classes: exact counts.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/engine.h"
#include "faultsim/fault_classes.h"

namespace citrine {

struct LayerCounts {
  std::vector<FaultSlot> slots;
  std::vector<std::array<std::uint64_t, kOutcomeKinds>> faults;  // by slot, then OutcomeKind
  std::vector<std::uint64_t> sdc;                                // [element, slot]
  std::uint64_t trials = 0;
};

// Over all threads. Throws Error as FaultClasses does.
LayerCounts exhaust_layer(const Engine& engine, const IntegerNetwork& network, std::size_t layer,
                          std::span<const Site> sites, const Golden& golden);

// Faults of one bit of a layer's site under one image, by OutcomeKind.
struct SlotCounts {
  std::uint32_t image = 0, layer = 0;
  FaultSlot slot;
  std::array<std::uint64_t, kOutcomeKinds> faults{};
  bool operator==(const SlotCounts&) const = default;
};

// How many faults of each element of a layer's site are SDC, over all images.
struct Criticality {
  std::uint32_t layer = 0;
  Site site = Site::accumulator;
  std::vector<std::uint64_t> sdc;  // [height, width, channels]
  bool operator==(const Criticality&) const = default;
};

struct ExhaustiveResult {
  std::vector<std::uint8_t> labels, classes;  // of the images: true, fault-free
  std::vector<SlotCounts> counts;             // by image, layer, site, bit
  std::vector<Criticality> criticality;       // by layer, site
  std::uint64_t trials = 0;                   // faulty inferences that were run
  std::uint32_t images() const { return static_cast<std::uint32_t>(labels.size()); }
};

// Adds what exhaust_layer() counted in the layers of the result's newest image, in their order.
void add_layer(ExhaustiveResult& result, std::uint32_t layer, const LayerCounts& counts);

}  // namespace citrine
