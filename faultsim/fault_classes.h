#pragma once
// All single-bit faults of one output, grouped by what the output stores under them: faults of a
// group are one trial.
#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "faultsim/fault.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// A bit of a site; an output has as many faults of it as the site has steps.
struct FaultSlot {
  Site site = Site::accumulator;
  std::uint32_t bit = 0;
  bool operator==(const FaultSlot&) const = default;
};

// Numbers of faults of an output; `values`: what it stores instead, each once, in the order in
// which they were found; of the last layer its logit.
struct OutputClasses {
  std::vector<std::uint64_t> masked_at_site, masked_in_layer;  // by slot
  std::vector<std::int32_t> values;
  std::vector<std::uint64_t> counts;  // [value, slot]
};

// Operands, products, accumulators, output registers and stored activations have them.
bool has_classes(Site site);

// Of the outputs of one layer under one image; one thread at a time. All is borrowed.
class FaultClasses {
 public:
  // Throws Error for a site without classes.
  FaultClasses(const IntegerNetwork& network, std::size_t layer, std::span<const Site> sites,
               const Activations& golden);

  const std::vector<FaultSlot>& slots() const { return slots_; }
  // Fastest in order of elements: outputs of a pixel see the same window.
  void find(std::size_t element, OutputClasses& classes);

 private:
  // What the steps behind one do to a sum: they add, and keep it between two bounds.
  struct Rest {
    std::int64_t added = 0, low = 0, high = 0;
  };

  void look_at(std::size_t element);
  void flip_stored(std::size_t first);
  void flip_wrapping(Site site, std::size_t first);
  void flip_sums(std::size_t first);
  void flip_products(std::size_t first);
  void flip_saturating(Site site, std::size_t first);
  void make_rests();
  std::int32_t faulty_product(Site site, std::uint32_t bit, std::size_t step) const;
  void add_sum(std::size_t slot, std::int64_t sum, std::uint64_t count);
  void add_value(std::size_t slot, std::int32_t value, std::uint64_t count);

  const IntegerNetwork& network_;
  const IntegerLayer& layer_;
  const NumberFormat* operand_ = nullptr;  // of activations
  std::size_t index_;
  const Activations& golden_;
  std::vector<Site> sites_;
  std::vector<FaultSlot> slots_;
  Convolution op_;
  bool is_last_;

  std::size_t element_ = 0;
  std::int32_t golden_sum_ = 0, golden_value_ = 0;
  std::vector<std::int32_t> weights_, activations_;  // by step
  std::vector<std::int32_t> sums_;                   // by step: before it; behind the last one too
  std::vector<Rest> rests_;                          // by step
  std::unordered_map<std::int32_t, std::size_t> places_;  // of values
  OutputClasses* classes_ = nullptr;
};

}  // namespace citrine
