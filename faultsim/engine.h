#pragma once
// Runs faulty inferences exactly: recomputes the faulty site, then the layers that its change reaches.
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "kernels/backend.h"
#include "quant/integer_network.h"

namespace citrine {

// Everything that the fault-free run of one image stores.
struct Golden {
  std::vector<std::vector<std::int16_t>> stored;  // by layer; the last one is empty
  std::vector<std::int32_t> logits;
};

class Engine {
 public:
  // Both must outlive the engine.
  Engine(const IntegerNetwork& network, const Backend& backend);
  // `input`: codes of one image.
  Golden golden(std::span<const std::int16_t> input) const;
  // Safe to call from several threads.
  Outcome run(const Fault& fault, const Golden& golden) const;
  // Logits under one fault.
  std::vector<std::int32_t> faulty_logits(const Fault& fault, const Golden& golden) const;
  // Logits with many flipped bits in weight or activation memory at once; several flips of one bit are one flip each.
  std::vector<std::int32_t> faulty_logits(std::span<const Fault> memory_faults, std::span<const std::int16_t> input) const;

 private:
  const IntegerNetwork& network_;
  const Backend& backend_;
};

}  // namespace citrine
