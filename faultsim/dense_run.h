#pragma once
// Faults of one site, all in one inference: what they make of each layer of a run that computes
// everything.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_model.h"
#include "faultsim/fault_place.h"
#include "faultsim/mac_faults.h"
#include "quant/forward.h"
#include "quant/integer_network.h"
#include "quant/prepared_network.h"

namespace citrine {

class DenseRun {
 public:
  // The network must have the faults, at least one; both are borrowed. Of one bit, the later fault
  // reads what the earlier one leaves.
  DenseRun(const IntegerNetwork& network, const ArrayShape& array, std::span<const Fault> faults);
  DenseRun(const DenseRun&) = delete;
  DenseRun& operator=(const DenseRun&) = delete;

  // The run's Alteration: changes what faults of the layer, whose inputs are as they are, change.
  Altered altered(std::size_t layer) const;
  void operator()(std::size_t layer, const LayerRun& run);
  // The same as an Alter.
  bool operator()(std::size_t layer, Activations& run);
  // Did a fault change a sum, a stored element or a logit of its layer?
  bool is_sum_changed() const { return is_sum_changed_; }
  bool is_stored_changed() const { return is_stored_changed_; }

 private:
  struct Place;  // a layer in a run

  bool need_sums(std::size_t layer, std::size_t faults) const;
  std::span<const Fault> faults_of(std::size_t layer) const;
  void change_macs(const Place& place, const MacFaults& macs, std::span<const Fault> faults);
  void change_weights(const Place& place, const MacFaults& macs, std::span<const Fault> faults);
  void change_array(const Place& place, const MacFaults& macs);
  template <class VisitUses>
  void change_sum(const Place& place, const MacFaults& macs, std::int64_t output,
                  VisitUses visit_uses);
  void change_biases(const Place& place, std::span<const Fault> faults);
  void change_scales(const Place& place, std::span<const Fault> faults);
  void change_stored(const Place& place, std::span<const Fault> faults);
  // `before`: without the faults.
  void set_sum(const Place& place, const OutputWindow& of, std::int32_t before, std::int32_t sum);
  void set_stored(const Place& place, std::ptrdiff_t at, std::int16_t stored);

  const IntegerNetwork& network_;
  ArrayShape array_;
  Site site_;
  std::span<const Fault> faults_;  // by layer, element, step
  std::vector<Fault> sorted_;      // if they are not given so
  std::vector<MacUse> uses_;       // of an output
  bool is_sum_changed_ = false, is_stored_changed_ = false;
};

}  // namespace citrine
