#include "faultsim/engine.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <tbb/concurrent_queue.h>

#include "faultsim/convolution_cost.h"
#include "faultsim/difference_run.h"
#include "faultsim/fault_space.h"
#include "faultsim/injection.h"
#include "faultsim/outcome.h"
#include "faultsim/rectangle_run.h"
#include "kernels/error.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

constexpr int kMaxClasses = 256;  // what a row can record

// Bits to flip, by layer and element. All at once: a code that only a fault makes may read as a
// value that is written as another.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> masks_of(
    std::span<const Fault> faults) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> masks;
  for (const auto& fault : faults) masks[{fault.layer, fault.element}] ^= 1U << fault.bit;
  return masks;
}

// Can runs be differences? On the processor, if no sum depends on the order of its steps.
bool has_differences(const IntegerNetwork& network, const Backend& backend) {
  return backend.is_processor() &&
         std::ranges::none_of(network.layers, [&](const IntegerLayer& layer) {
           return may_saturate(network, layer);
         });
}

}  // namespace

struct Engine::State {
  State(const IntegerNetwork& net, const Backend& device) : network(net), backend(device) {
    if (backend.is_processor()) prepared = std::make_unique<PreparedNetwork>(network);
    if (!has_differences(network, backend)) return;
    if (fits_bytes(network))
      bytes = std::make_unique<DifferenceNetwork<std::uint8_t>>(network);
    else
      shorts = std::make_unique<DifferenceNetwork<std::int16_t>>(network);
  }

  std::unique_ptr<FaultyRun> make_run() const {
    if (bytes) return std::make_unique<DifferenceRun<std::uint8_t>>(*bytes);
    if (shorts) return std::make_unique<DifferenceRun<std::int16_t>>(*shorts);
    return std::make_unique<RectangleRun>(network, backend);
  }

  const IntegerNetwork& network;
  const Backend& backend;
  std::unique_ptr<PreparedNetwork> prepared;                // none with another backend
  std::unique_ptr<DifferenceNetwork<std::uint8_t>> bytes;   // one of these,
  std::unique_ptr<DifferenceNetwork<std::int16_t>> shorts;  // or neither
  // Kept from trial to trial. Not one a thread: a thread that waits within the backend may take up
  // another trial.
  tbb::concurrent_queue<std::unique_ptr<FaultyRun>> idle;

  // Lends a run of an image.
  template <class Use>
  void with_run(const Golden& golden, Use use) {
    std::unique_ptr<FaultyRun> run;
    if (!idle.try_pop(run)) run = make_run();
    run->load(golden);
    use(*run);
    idle.push(std::move(run));
  }

  // Runs faulty inferences one after the other; calls visit(kind of masking or nothing, run).
  template <class Visit>
  void run(std::span<const Fault> faults, const Golden& golden, Visit visit) {
    with_run(golden, [&](FaultyRun& run) {
      for (const auto& fault : faults) {
        check(network, fault);
        run.start();
        const auto masked = inject(network, fault, golden, run);
        if (!masked) run.propagate(fault.layer);
        visit(masked, run);
      }
    });
  }

  void start(const Change& change, FaultyRun& run) const {
    run.start();
    if (change.layer + 1 == network.layers.size())
      return run.change_logit(change.element, change.value);
    run.change(change.layer, change.element, static_cast<std::int16_t>(change.value));
    run.propagate(change.layer);
  }
};

Engine::Engine(const IntegerNetwork& network, const Backend& backend) {
  check(network);
  if (network.classes() > kMaxClasses)
    throw Error("a network to inject must have at most ", kMaxClasses, " classes, got ",
                network.classes());
  state_ = std::make_unique<State>(network, backend);
}

Engine::~Engine() = default;

Golden Engine::golden(std::span<const std::int16_t> input) const {
  if (state_->prepared) return state_->prepared->forward(input);
  return forward(state_->network, input, state_->backend);
}

Outcome Engine::run(const Fault& fault, const Golden& golden) const {
  return run(std::span(&fault, 1), golden).front();
}

std::vector<Outcome> Engine::run(std::span<const Fault> faults, const Golden& golden) const {
  std::vector<Outcome> outcomes;
  outcomes.reserve(faults.size());
  const double step = logit_step(state_->network);
  state_->run(faults, golden, [&](std::optional<OutcomeKind> masked, const FaultyRun& run) {
    auto& outcome = outcomes.emplace_back(compare_logits(golden.logits, run.logits(), step));
    outcome.kind = masked.value_or(outcome.kind);
  });
  return outcomes;
}

std::vector<Outcome> Engine::run(std::span<const Change> changes, const Golden& golden) const {
  std::vector<Outcome> outcomes;
  outcomes.reserve(changes.size());
  const double step = logit_step(state_->network);
  state_->with_run(golden, [&](FaultyRun& run) {
    for (const auto& change : changes) {
      state_->start(change, run);
      outcomes.push_back(compare_logits(golden.logits, run.logits(), step));
    }
  });
  return outcomes;
}

std::vector<std::int32_t> Engine::faulty_logits(const Fault& fault, const Golden& golden) const {
  std::vector<std::int32_t> logits;
  state_->run(std::span(&fault, 1), golden, [&](std::optional<OutcomeKind>, const FaultyRun& run) {
    logits.assign(run.logits().begin(), run.logits().end());
  });
  return logits;
}

std::vector<std::int32_t> Engine::faulty_logits(std::span<const Fault> memory_faults,
                                                std::span<const std::int16_t> input) const {
  const auto& network = state_->network;
  std::vector<Fault> weights, activations;
  for (const auto& fault : memory_faults) {
    check(network, fault);
    (fault.site == Site::activation_memory ? activations : weights).push_back(fault);
  }
  const auto masks = masks_of(activations);
  const auto alter = [&](std::size_t layer, std::span<std::int16_t> stored) {
    const auto index = static_cast<std::uint32_t>(layer);
    for (auto at = masks.lower_bound({index, 0}); at != masks.end() && at->first.first == index;
         ++at) {
      auto& value = stored[at->first.second];
      value = flip_bits(network.layers[layer].format.number, value, at->second);
    }
  };
  if (weights.empty() && state_->prepared) return state_->prepared->forward(input, alter).logits;
  if (weights.empty()) return forward(network, input, state_->backend, alter).logits;
  return forward(with_faults(network, weights), input, state_->backend, alter).logits;
}

IntegerNetwork with_faults(IntegerNetwork network, std::span<const Fault> weight_faults) {
  for (const auto& fault : weight_faults) {
    if (fault.site != Site::weight_memory)
      throw Error("a fault of a memory must be in weight_memory or activation_memory, got ",
                  name_of(fault.site));
    check(network, fault);
  }
  for (const auto& [place, mask] : masks_of(weight_faults)) {
    auto& layer = network.layers[place.first];
    auto& weight = layer.weights[place.second];
    weight = flip_bits(layer.weight_format, weight, mask);
  }
  return network;
}

}  // namespace citrine
