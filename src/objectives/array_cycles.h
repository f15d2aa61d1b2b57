#pragma once
// What an array of processing elements takes for one group of a layer: cycles, and values that pass
// between it and the buffer. Formulas as SCALE-Sim's (Samajdar et al. 2018, 2020); it reports one
// cycle less a layer.
#include "objectives/accelerator.h"
#include "objectives/convolution_group.h"

namespace citrine {

struct ArrayWork {
  Dataflow dataflow = Dataflow::output_stationary;
  std::int64_t cycles = 0;  // the pipeline is filled and drained once a fold
  std::int64_t input_reads = 0, weight_reads = 0;
  std::int64_t output_writes = 0;                      // finished values
  std::int64_t partial_writes = 0, partial_reads = 0;  // sums of folds that are not the last
};

// Outputs of all frames count as pixels of one map.
ArrayWork array_work(const ConvolutionGroup& shape, Dataflow dataflow,
                     const Accelerator& accelerator);
// Under accelerator.array_dataflow, or the one of fewest cycles.
ArrayWork array_work(const ConvolutionGroup& shape, const Accelerator& accelerator);

}  // namespace citrine
