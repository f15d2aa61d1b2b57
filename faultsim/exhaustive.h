#pragma once
// Every single-bit fault of a layer's outputs under one image, by classes: exact counts.
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

}  // namespace citrine
