#include "faultsim/engine.h"

#include <algorithm>
#include <functional>
#include <map>
#include <numeric>
#include <optional>
#include <utility>

#include <tbb/concurrent_queue.h>

#include "faultsim/convolution_cost.h"
#include "faultsim/dense_run.h"
#include "faultsim/difference_run.h"
#include "faultsim/fault_space.h"
#include "faultsim/injection.h"
#include "faultsim/mac_faults.h"
#include "faultsim/outcome.h"
#include "faultsim/rectangle_run.h"
#include "kernels/error.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

constexpr int kMaxClasses = 256;  // what a row can record

// Can runs be differences? On the processor, if no sum depends on the order of its steps.
bool has_differences(const IntegerNetwork& network, const Backend& backend) {
  return backend.is_processor() &&
         std::ranges::none_of(network.layers, [&](const IntegerLayer& layer) {
           return may_saturate(network, layer);
         });
}

template <class Element>
std::unique_ptr<DifferenceNetwork<Element>> make_differences(const IntegerNetwork& network) {
  auto differences = std::make_unique<DifferenceNetwork<Element>>(network);
  differences->set_costs(measured_costs(*differences));
  return differences;
}

using Logits = std::span<const std::int32_t>;

}  // namespace

struct Engine::State {
  State(const IntegerNetwork& net, const Backend& device, const ArrayShape& elements)
      : network(net), backend(device), array(elements) {
    if (backend.is_processor()) prepared = std::make_unique<PreparedNetwork>(network);
    if (!has_differences(network, backend)) return;
    if (fits_bytes(network))
      bytes = make_differences<std::uint8_t>(network);
    else
      shorts = make_differences<std::int16_t>(network);
  }

  std::unique_ptr<FaultyRun> make_run() const {
    if (bytes) return std::make_unique<DifferenceRun<std::uint8_t>>(*bytes);
    if (shorts) return std::make_unique<DifferenceRun<std::int16_t>>(*shorts);
    return std::make_unique<RectangleRun>(network, backend);
  }

  const IntegerNetwork& network;
  const Backend& backend;
  const ArrayShape array;
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

  // Runs faulty inferences one after the other, those of a layer together, so that what they read
  // stays in the caches; calls visit(index, kind of masking or nothing, logits).
  template <class Visit>
  void run(std::span<const Fault> faults, const Golden& golden, Visit visit) {
    std::vector<std::size_t> order(faults.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::ranges::stable_sort(order, {}, [&](std::size_t i) { return faults[i].layer; });
    with_run(golden, [&](FaultyRun& run) {
      for (const auto i : order) {
        const auto& fault = faults[i];
        check(network, fault, array);
        const auto visit_one = [&](std::optional<OutcomeKind> masked, Logits logits) {
          visit(i, masked, logits);
        };
        if (!is_local(network, fault)) {
          run_dense(std::span(&fault, 1), golden.stored.front(), visit_one);
          continue;
        }
        run.start();
        const auto masked = inject(network, fault, golden, run);
        if (!masked) run.propagate(fault.layer);
        visit_one(masked, run.logits());
      }
    });
  }

  Activations forward(std::span<const std::int16_t> input) const {
    return prepared ? prepared->forward(input) : citrine::forward(network, input, backend);
  }

  std::vector<std::int32_t> logits(std::span<const std::int16_t> input) const {
    return prepared ? prepared->logits(input, 1) : citrine::forward(network, input, backend).logits;
  }

  std::vector<std::int32_t> logits(std::span<const std::int16_t> input, DenseRun& dense) const {
    if (!prepared) return citrine::forward(network, input, backend, std::ref(dense)).logits;
    return prepared->logits(
        input, {[&](std::size_t layer) { return dense.altered(layer); }, std::ref(dense)});
  }

  template <class Visit>
  void run_dense(std::span<const Fault> faults, std::span<const std::int16_t> input,
                 Visit visit) const {
    DenseRun dense(network, array, faults);
    const auto faulty = logits(input, dense);
    std::optional<OutcomeKind> masked;
    if (!dense.is_stored_changed())
      masked = dense.is_sum_changed() ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
    visit(masked, Logits(faulty));
  }

  void start(const Change& change, FaultyRun& run) const {
    run.start();
    if (change.layer + 1 == network.layers.size())
      return run.change_logit(change.element, change.value);
    run.change(change.layer, change.element, static_cast<std::int16_t>(change.value));
    run.propagate(change.layer);
  }
};

Engine::Engine(const IntegerNetwork& network, const Backend& backend, const ArrayShape& array) {
  check(network);
  if (network.classes() > kMaxClasses)
    throw Error("a network to inject must have at most ", kMaxClasses, " classes, got ",
                network.classes());
  state_ = std::make_unique<State>(network, backend, array);
}

Engine::~Engine() = default;

Golden Engine::golden(std::span<const std::int16_t> input) const { return state_->forward(input); }

Outcome Engine::run(const Fault& fault, const Golden& golden) const {
  return run(std::span(&fault, 1), golden).front();
}

std::vector<Outcome> Engine::run(std::span<const Fault> faults, const Golden& golden) const {
  std::vector<Outcome> outcomes(faults.size());
  const double step = logit_step(state_->network);
  state_->run(faults, golden, [&](std::size_t i, std::optional<OutcomeKind> masked, Logits logits) {
    outcomes[i] = compare_logits(golden.logits, logits, step);
    outcomes[i].kind = masked.value_or(outcomes[i].kind);
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
  state_->run(std::span(&fault, 1), golden,
              [&](std::size_t, std::optional<OutcomeKind>, Logits faulty) {
                logits.assign(faulty.begin(), faulty.end());
              });
  return logits;
}

Outcome Engine::run_together(std::span<const Fault> faults, const Golden& golden) const {
  check_together(state_->network, faults, state_->array);
  Outcome outcome;
  const double step = logit_step(state_->network);
  state_->run_dense(faults, golden.stored.front(),
                    [&](std::optional<OutcomeKind> masked, Logits logits) {
                      outcome = compare_logits(golden.logits, logits, step);
                      outcome.kind = masked.value_or(outcome.kind);
                    });
  return outcome;
}

std::vector<std::int32_t> Engine::faulty_logits(std::span<const Fault> faults,
                                                std::span<const std::int16_t> input) const {
  if (faults.empty()) return state_->logits(input);
  check_together(state_->network, faults, state_->array);
  DenseRun dense(state_->network, state_->array, faults);
  return state_->logits(input, dense);
}

IntegerNetwork with_faults(IntegerNetwork network, std::span<const Fault> weight_faults) {
  for (const auto& fault : weight_faults) {
    if (fault.site != Site::weight_memory)
      throw Error("a fault of stored weights must be in weight_memory, got ", name_of(fault.site));
    check(network, fault);
  }
  // All changes of a weight at once: a code that only a fault makes may read as a value that is
  // written as another.
  std::map<std::pair<std::uint32_t, std::uint32_t>, BitChange> changes;
  for (const auto& fault : weight_faults) {
    auto& change = changes[{fault.layer, fault.element}];
    change = change.then(bit_change(fault));
  }
  for (const auto& [place, change] : changes) {
    auto& layer = network.layers[place.first];
    auto& weight = layer.weights[place.second];
    weight = read_as(layer.weight_format, weight, change);
  }
  return network;
}

}  // namespace citrine
