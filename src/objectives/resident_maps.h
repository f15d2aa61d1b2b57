#pragma once
// Which maps can stay in the on-chip buffer from where they are computed to where they are read
// last.
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "objectives/accelerator.h"
#include "objectives/map_passes.h"
#include "objectives/schedule.h"

namespace citrine {

// Bytes that a pass needs if no map leaves the chip: all maps that are read by it or later, with
// its own, and for dot products the weights and accumulators of one filter, as each filter's
// weights pass once.
std::vector<std::int64_t> bytes_on_chip(const Graph& graph, std::span<const MapPass> passes,
                                        const std::vector<std::vector<int>>& maps,
                                        const Accelerator& accelerator);

// What a pass moves that needs no more than the buffer, by pass; none for the others. A map stays
// on chip if only such passes see it, from the first to the last. The others are written once, and
// read once by each of these passes; the frame is read once where it stays, the logits are written.
std::vector<std::optional<Traffic>> traffic_on_chip(const Graph& graph,
                                                    std::span<const MapPass> passes,
                                                    const std::vector<std::vector<int>>& maps,
                                                    const Accelerator& accelerator);

}  // namespace citrine
