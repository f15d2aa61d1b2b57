#include "faultsim/engine.h"

#include <map>
#include <optional>
#include <utility>

#include <tbb/concurrent_queue.h>

#include "faultsim/fault_space.h"
#include "faultsim/faulty_run.h"
#include "faultsim/outcome.h"
#include "kernels/error.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

constexpr int kMaxClasses = 256;  // what a row can record

MacSite mac_site(Site site) {
  switch (site) {
    case Site::weight_operand:
      return MacSite::weight_operand;
    case Site::activation_operand:
      return MacSite::activation_operand;
    case Site::product:
      return MacSite::product;
    case Site::accumulator:
      return MacSite::accumulator;
    case Site::output_register:
    case Site::weight_memory:
    case Site::activation_memory:
      break;
  }
  return MacSite::none;
}

// What an element reads as once the bits of `mask` are flipped in its code.
std::int16_t flip_bits(const NumberFormat& format, std::int32_t value, std::uint32_t mask) {
  return static_cast<std::int16_t>(format.value(format.code(value) ^ mask));
}

// Bits to flip, by layer and element. All at once: a code that only a fault makes may read as a
// value that is written as another.
std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> masks_of(
    std::span<const Fault> faults) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> masks;
  for (const auto& fault : faults) masks[{fault.layer, fault.element}] ^= 1U << fault.bit;
  return masks;
}

// Applies one fault where it is; what follows is FaultyRun's.
class Injection {
 public:
  Injection(const IntegerNetwork& network, const Backend& backend, const Fault& fault,
            FaultyRun& run)
      : network_(network),
        backend_(backend),
        fault_(fault),
        layer_(network.layers[fault.layer]),
        run_(run) {}

  // The kind of masking, or nothing if a stored code or a logit changed.
  std::optional<OutcomeKind> apply() {
    if (mac_site(fault_.site) != MacSite::none) {
      flip_mac();
    } else if (fault_.site == Site::weight_memory) {
      flip_filter();
    } else {
      const auto code = run_.stored(fault_.layer)[fault_.element];
      const auto flipped = flip_bits(layer_.format.number, code, mask());
      if (flipped == code) return OutcomeKind::masked_at_site;
      run_.change(fault_.layer, fault_.element, flipped);
      return {};
    }
    if (is_stored_changed_) return {};
    return is_sum_changed_ ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
  }

 private:
  std::span<const std::int16_t> input() const {
    return run_.stored(static_cast<std::size_t>(layer_.inputs[0]));
  }

  void flip_mac() {
    auto convolution = convolution_of(network_, layer_, input().data());
    const std::int32_t before = convolution(fault_.element);
    convolution.fault = {.site = mac_site(fault_.site),
                         .output = fault_.element,
                         .step = static_cast<int>(fault_.step),
                         .bit = static_cast<int>(fault_.bit),
                         .operand = faulty_operand(convolution)};
    compare(fault_.element, before, convolution(fault_.element));
  }

  std::uint32_t mask() const { return 1U << fault_.bit; }

  // 0 where no operand is faulty.
  std::int32_t faulty_operand(const Convolution& op) const {
    const auto step = static_cast<int>(fault_.step);
    if (fault_.site == Site::weight_operand)
      return flip_bits(layer_.weight_format, op.weight(fault_.element, step), mask());
    if (fault_.site != Site::activation_operand) return 0;
    const auto& source = network_.layers[static_cast<std::size_t>(layer_.inputs[0])];
    return flip_bits(source.format.number, op.activation(fault_.element, step), mask());
  }

  // Convolves with the filter as it is and with its flipped bit, side by side.
  void flip_filter() {
    const auto steps = static_cast<std::size_t>(layer_.convolution.steps());
    const std::size_t filter = fault_.element / steps;
    const auto first = layer_.weights.begin() + static_cast<std::ptrdiff_t>(filter * steps);
    std::vector<std::int16_t> weights(first, first + static_cast<std::ptrdiff_t>(steps));
    weights.insert(weights.end(), first, first + static_cast<std::ptrdiff_t>(steps));
    auto& weight = weights[steps + fault_.element % steps];
    weight = flip_bits(layer_.weight_format, weight, mask());
    const std::vector<std::int32_t> bias(2, layer_.bias[filter]);
    const auto map = group_map(filter);
    const auto filters = static_cast<std::size_t>(layer_.channels);
    const auto sums = convolve_pair(map, weights, bias);
    for (std::size_t pixel = 0; pixel < sums.size() / 2; ++pixel)
      compare(pixel * filters + filter, sums[2 * pixel], sums[2 * pixel + 1]);
  }

  // The input channels that a filter reads, [height, width, channels / groups].
  std::vector<std::int16_t> group_map(std::size_t filter) const {
    const auto& shape = layer_.convolution;
    const auto depth = static_cast<std::size_t>(shape.group_channels());
    const auto first = filter / static_cast<std::size_t>(shape.filters / shape.groups) * depth;
    const auto map = input();
    std::vector<std::int16_t> channels;
    channels.reserve(map.size() / static_cast<std::size_t>(shape.groups));
    for (std::size_t at = first; at < map.size(); at += static_cast<std::size_t>(shape.channels))
      channels.insert(channels.end(), map.begin() + static_cast<std::ptrdiff_t>(at),
                      map.begin() + static_cast<std::ptrdiff_t>(at + depth));
    return channels;
  }

  std::vector<std::int32_t> convolve_pair(const std::vector<std::int16_t>& map,
                                          const std::vector<std::int16_t>& weights,
                                          const std::vector<std::int32_t>& bias) const {
    auto convolution = convolution_of(network_, layer_, map.data());
    convolution.weights = weights.data();
    convolution.bias = bias.data();
    convolution.shape.channels = convolution.shape.group_channels();
    convolution.shape.groups = 1;
    convolution.shape.filters = 2;
    std::vector<std::int32_t> sums(static_cast<std::size_t>(convolution.outputs()));
    backend_.convolve(convolution, sums);
    return sums;
  }

  void compare(std::size_t element, std::int32_t before, std::int32_t after) {
    if (before == after) return;
    is_sum_changed_ = true;
    if (fault_.layer + 1 == network_.layers.size()) {
      run_.change_logit(element, after);
      is_stored_changed_ = true;
      return;
    }
    const bool has_residual = layer_.inputs.size() > 1;
    const std::int32_t residual =
        has_residual ? run_.stored(static_cast<std::size_t>(layer_.inputs[1]))[element] : 0;
    const int channel = static_cast<int>(element % static_cast<std::size_t>(layer_.channels));
    const std::int16_t code = requantize(layer_, channel, after, residual);
    is_stored_changed_ = is_stored_changed_ || code != run_.stored(fault_.layer)[element];
    run_.change(fault_.layer, element, code);
  }

  const IntegerNetwork& network_;
  const Backend& backend_;
  const Fault& fault_;
  const IntegerLayer& layer_;
  FaultyRun& run_;
  bool is_sum_changed_ = false, is_stored_changed_ = false;
};

}  // namespace

struct Engine::State {
  State(const IntegerNetwork& net, const Backend& device) : network(net), backend(device) {
    if (backend.is_processor()) prepared = std::make_unique<PreparedNetwork>(network);
  }

  const IntegerNetwork& network;
  const Backend& backend;
  std::unique_ptr<PreparedNetwork> prepared;  // none with another backend
  // Kept from trial to trial. Not one a thread: a thread that waits within the backend may take up
  // another trial.
  tbb::concurrent_queue<std::unique_ptr<FaultyRun>> idle;

  // Runs one faulty inference; gives visit(kind of masking or nothing, run).
  template <class Visit>
  auto run(const Fault& fault, const Golden& golden, Visit visit) {
    check(network, fault);
    std::unique_ptr<FaultyRun> run;
    if (!idle.try_pop(run)) run = std::make_unique<FaultyRun>(network, backend);
    run->start(golden);
    const auto masked = Injection(network, backend, fault, *run).apply();
    if (!masked) run->propagate(fault.layer);
    auto result = visit(masked, *run);
    idle.push(std::move(run));
    return result;
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
  return state_->run(fault, golden, [&](std::optional<OutcomeKind> masked, const FaultyRun& run) {
    auto outcome = compare_logits(golden.logits, run.logits(), logit_step(state_->network));
    outcome.kind = masked.value_or(outcome.kind);
    return outcome;
  });
}

std::vector<std::int32_t> Engine::faulty_logits(const Fault& fault, const Golden& golden) const {
  return state_->run(fault, golden, [](std::optional<OutcomeKind>, const FaultyRun& run) {
    return std::vector<std::int32_t>(run.logits().begin(), run.logits().end());
  });
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
