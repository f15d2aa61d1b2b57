#pragma once
// What a frame costs on an accelerator; formulas in docs/method.md, "Cost".
#include <cstdint>
#include <map>
#include <optional>
#include <vector>

#include "graph/graph.h"
#include "objectives/accelerator.h"
#include "objectives/convolution_group.h"
#include "objectives/map_passes.h"
#include "objectives/schedule.h"

namespace citrine {

// One pass over maps in memory, for all frames that are computed at a time. The groups of a grouped
// convolution are computed one by one, each with the same tiles.
struct LayerCost {
  int node = 0;    // convolution, fully connected layer, pool, or sum that fuses with none
  int stored = 0;  // whose value it writes
  std::int64_t macs = 0;
  std::int64_t other_operations = 0;  // one a value of a pool's window, one an addend of a sum
  Traffic traffic = {};               // bits
  std::int64_t transfer_bytes = 0;
  std::optional<Schedule> schedule = {};  // of one group; none where maps are moved or stay on chip
  std::optional<Dataflow> array_dataflow = {};  // none where nothing is multiplied
  std::int64_t cycles = 0;                      // of the array
  double utilization = 0;                       // MACs a cycle and element
  double bandwidth = 0;  // bytes/s while the array computes; 0 where it does not
  double energy_pj = 0;
  double seconds = 0;  // of the array or of the memory, whichever is slower
};

// For all frames that are computed at a time.
struct Cost {
  std::int64_t operations = 0;  // 2 per MAC; multiplications by padding count
  std::int64_t other_operations = 0;
  std::int64_t parameters = 0;      // trainable
  std::int64_t activations = 0;     // elements of what one frame stores, as in stored_layers.h
  std::int64_t transfer_bytes = 0;  // summed over layers
  std::int64_t cycles = 0;
  double bandwidth = 0;  // bytes/s, the largest over layers of transfer / compute time
  double utilization = 0;
  double energy_pj = 0;
  double seconds = 0;
  std::int64_t bytes_without_spill = 0;  // the least buffer in which all maps stay on chip
  std::vector<LayerCost> layers = {};    // in the order of computing
};

// Costs of networks on one accelerator; knows the schedules of the shapes that it has seen.
class CostModel {
 public:
  explicit CostModel(Accelerator accelerator = {});  // as check() of accelerator.h
  // Throws Error for a buffer that holds no tile of a layer, naming the layer and the least that
  // does, for an operation without a rule, and for counts of 2^63 and more.
  Cost cost(const Graph& graph);
  const Accelerator& accelerator() const { return accelerator_; }

 private:
  const Schedule& schedule(const Graph& graph, int node, const ConvolutionGroup& group);
  LayerCost layer_cost(const Graph& graph, const MapPass& pass,
                       const std::optional<Traffic>& on_chip);

  Accelerator accelerator_;
  std::map<ConvolutionGroup, Schedule> schedules_;
};

Cost cost(const Graph& graph, const Accelerator& accelerator = {});

}  // namespace citrine
