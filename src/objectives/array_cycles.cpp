#include "objectives/array_cycles.h"

#include "objectives/checked.h"

namespace citrine {
namespace {

// Rows and columns each hold one index of the dot products, the third passes in time.
struct Folding {
  std::int64_t row_extent, column_extent, time;
};

Folding folding(std::int64_t pixels, std::int64_t filters, std::int64_t steps, Dataflow dataflow) {
  if (dataflow == Dataflow::output_stationary) return {pixels, filters, steps};
  if (dataflow == Dataflow::weight_stationary) return {steps, filters, pixels};
  return {steps, pixels, filters};
}

}  // namespace

ArrayWork array_work(const ConvolutionGroup& shape, Dataflow dataflow,
                     const Accelerator& accelerator) {
  const std::int64_t pixels = shape.pixels() * accelerator.frames, filters = shape.filters,
                     steps = shape.steps();
  const auto [row_extent, column_extent, time] = folding(pixels, filters, steps, dataflow);
  const std::int64_t row_folds = ceil_divide(row_extent, accelerator.rows),
                     column_folds = ceil_divide(column_extent, accelerator.columns);
  const bool keeps_outputs = dataflow == Dataflow::output_stationary;
  // What is kept is loaded row by row first.
  const std::int64_t fill = (keeps_outputs ? 1 : 2) * accelerator.rows + accelerator.columns - 2;
  const std::int64_t partial = keeps_outputs ? 0 : (row_folds - 1) * pixels * filters;
  const bool keeps_inputs = dataflow == Dataflow::input_stationary,
             keeps_weights = dataflow == Dataflow::weight_stationary;
  return {.dataflow = dataflow,
          .cycles = checked_product(checked_product(row_folds, column_folds), time + fill),
          .input_reads = pixels * steps * (keeps_inputs ? 1 : column_folds),
          .weight_reads = steps * filters *
                          (keeps_weights  ? 1
                           : keeps_inputs ? column_folds
                                          : row_folds),
          .output_writes = pixels * filters,
          .partial_writes = partial,
          .partial_reads = partial};
}

ArrayWork array_work(const ConvolutionGroup& shape, const Accelerator& accelerator) {
  if (accelerator.array_dataflow)
    return array_work(shape, *accelerator.array_dataflow, accelerator);
  ArrayWork best = array_work(shape, Dataflow::weight_stationary, accelerator);
  for (const auto dataflow : kDataflows) {
    const auto work = array_work(shape, dataflow, accelerator);
    if (work.cycles < best.cycles) best = work;
  }
  return best;
}

}  // namespace citrine
