#pragma once
// Every single-bit fault of outputs, by classes, and of stored weights and biases, each by itself,
// under some images: exact counts.
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "faultsim/engine.h"
#include "faultsim/event.h"
#include "faultsim/fault_classes.h"

namespace citrine {

struct LayerSlot {
  FaultSlot slot;
  EventCounts faults = {};
  std::vector<std::uint64_t> sdc;  // by element
  bool operator==(const LayerSlot&) const = default;
};

struct LayerCounts {
  std::vector<LayerSlot> slots;  // by site, bit
  std::uint64_t trials = 0;
};

// Can the faults of a site be counted? Those of outputs, stored weights and biases.
bool is_counted(Site site);

inline constexpr std::size_t kAllElements = std::numeric_limits<std::size_t>::max();

// Over all threads. To tell what a count takes, about `most` elements of the layer can be counted,
// evenly spread. Throws Error for a site whose faults cannot be counted.
LayerCounts exhaust_layer(const Engine& engine, const IntegerNetwork& network, std::uint32_t layer,
                          std::span<const Site> sites, const Golden& golden,
                          std::size_t most = kAllElements);

// Faults of one bit of a layer's site under one image.
struct SlotCounts {
  std::uint32_t image = 0, layer = 0;
  FaultSlot slot;
  EventCounts faults = {};
  bool operator==(const SlotCounts&) const = default;
};

// How many faults of each element of a layer's site are SDC, over all images.
struct Criticality {
  std::uint32_t layer = 0;
  Site site = Site::accumulator;
  // Of outputs [height, width, channels]; of weight memory [filters, kernel, kernel, channels of a
  // group], the order of the weights in a network; of biases [filters].
  std::vector<std::uint64_t> sdc;
  bool operator==(const Criticality&) const = default;
};

struct ExhaustiveResult {
  std::vector<std::uint8_t> labels, classes;  // of the images: true, fault-free
  std::vector<SlotCounts> counts;             // by image, layer, site, bit
  std::vector<Criticality> criticality;       // by layer, site
  std::uint64_t trials = 0;                   // faulty inferences that changed what a layer stores
  std::uint32_t images() const { return static_cast<std::uint32_t>(labels.size()); }
};

// Adds what exhaust_layer() counted in the layers of the result's newest image, in their order.
void add_layer(ExhaustiveResult& result, std::uint32_t layer, const LayerCounts& counts);

}  // namespace citrine
