#pragma once
// The sum of one output under faults of its multiply-accumulates.
#include <cstdint>
#include <span>

#include "faultsim/fault.h"
#include "faultsim/mac_faults.h"
#include "kernels/bits.h"

namespace citrine {

// One that wraps, under faults in the order of their steps: what one of them adds is still added
// after later steps. All is borrowed.
class FaultySum {
 public:
  // `whole`: the sum without faults, if it is known.
  FaultySum(const MacFaults& macs, const OutputWindow& seen, const std::int32_t* whole)
      : macs_(macs), seen_(seen), whole_(whole), partial_(macs.bias(seen)) {}

  void take(int step, std::span<const Fault> faults) {
    if (!is_sum(faults.front().site)) {
      added_ += macs_.product_change(seen_, step, faults);
      return;
    }
    partial_ = macs_.partial_sum(partial_, seen_, done_, step + 1);
    done_ = step + 1;
    const auto now = held(partial_ + added_);
    added_ += std::int64_t{macs_.accumulator(now, faults)} - now;
  }
  std::int64_t added() const { return added_; }
  std::int32_t fault_free() const {
    return whole_ != nullptr ? *whole_
                             : held(macs_.partial_sum(partial_, seen_, done_, macs_.steps()));
  }
  // What the accumulator holds of a sum.
  std::int32_t held(std::int64_t sum) const { return wrap(sum, macs_.widths().accumulator, true); }

 private:
  const MacFaults& macs_;
  const OutputWindow& seen_;
  const std::int32_t* whole_;
  std::int64_t added_ = 0;
  std::int32_t partial_;  // after steps below done_, without faults, modulo 2^32
  int done_ = 0;
};

}  // namespace citrine
