#pragma once
// Random faults run by the engine and, each of them, by a computation of the whole network.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "faultsim/engine.h"
#include "faultsim/fault_model.h"
#include "quant/integer_network.h"

namespace citrine::testing {

enum class Reference : std::uint8_t {
  dense,        // every layer, behind each the sums that faults change
  explanation,  // the output of the fault register by register, then every layer
  array_model   // every multiply-accumulate register by register; tells logits alone
};

struct AgreementSettings {
  std::uint64_t seed = 0;
  std::uint64_t each = 1;  // faults of each site that the network has
  FaultModel model = {};   // its array must be the engine's
  Reference reference = Reference::dense;
};

struct Agreement {
  // By site; a trial is a fault under an image.
  std::array<std::uint64_t, kSites> faults = {}, trials = {}, changed_answers = {};
  std::vector<std::string> mismatches;

  void operator+=(const Agreement& other);
};

// One fault of four is permanent and meets every image, the others one. Compared are logits and
// outcomes.
Agreement compare_runs(const Engine& engine, const IntegerNetwork& network,
                       std::span<const std::vector<std::int16_t>> images,
                       const AgreementSettings& settings);

}  // namespace citrine::testing
