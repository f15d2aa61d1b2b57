#pragma once
// Two backends as one that compares them: for tests, and for a first run on a new device.
#include <memory>
#include <utility>

#include "kernels/backend.h"

namespace citrine {

// Gives the results of `first`; throws Error at the first output where `second` differs.
class CheckBackend : public Backend {
 public:
  CheckBackend(std::unique_ptr<Backend> first, std::unique_ptr<Backend> second)
      : first_(std::move(first)), second_(std::move(second)) {}
  std::string name() const override { return "check:" + first_->name() + "," + second_->name(); }
  void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const override;

 private:
  std::unique_ptr<Backend> first_;
  std::unique_ptr<Backend> second_;
};

}  // namespace citrine
