#include "faultsim/explanation.h"

#include <algorithm>
#include <cstdlib>
#include <functional>

#include "faultsim/dense_run.h"
#include "faultsim/fault_space.h"
#include "faultsim/layer_differences.h"
#include "faultsim/outcome.h"
#include "faultsim/output_trace.h"
#include "faultsim/scale_faults.h"
#include "quant/forward.h"

namespace citrine {
namespace {

int filter_of_weight(const IntegerLayer& layer, std::uint32_t weight) {
  return static_cast<int>(weight) / layer.convolution.steps();
}

// A faulty run of the whole network against the fault-free one, which is borrowed.
class Comparison {
 public:
  Comparison(const IntegerNetwork& network, const Fault& fault, std::span<const std::int16_t> image,
             const Activations& golden, const Backend& backend, const ArrayShape& array)
      : network_(network),
        fault_(fault),
        layer_(network.layers[fault.layer]),
        image_(image),
        backend_(backend),
        array_(array),
        golden_(golden) {}

  Explanation run() {
    change();
    if (written_) run_with(*written_);
    explanation_.layers = layer_differences(runs(), std::span(&fault_, 1), array_);
    explanation_.golden_logits = golden_.logits;
    explanation_.faulty_logits = faulty_.logits;
    explanation_.outcome = outcome();
    return explanation_;
  }

  FaultTrace trace() {
    change();
    return explanation_;
  }

 private:
  Runs runs() const { return {network_, golden_, faulty_}; }

  void change() {
    if (is_array(fault_.site)) return change_array();
    switch (fault_.site) {
      case Site::weight_memory:
        return change_weight();
      case Site::bias_memory:
        return change_bias();
      case Site::scale_multiplier:
      case Site::scale_shift:
        return change_scale();
      case Site::activation_memory:
        return change_stored();
      default:
        return change_register();
    }
  }

  void change_weight() {
    auto altered = network_;
    auto& weight = altered.layers[fault_.layer].weights[fault_.element];
    const auto encoding = weight_encoding(layer_, filter_of_weight(layer_, fault_.element));
    weight = static_cast<std::int16_t>(change_word(encoding, weight).value);
    run_altered(altered);
  }

  void change_bias() {
    auto altered = network_;
    auto& bias = altered.layers[fault_.layer].bias[fault_.element];
    bias = change_word(sum_encoding(network_, layer_, static_cast<int>(fault_.element),
                                    layer_.accumulator.bits),
                       bias)
               .value;
    run_altered(altered);
  }

  void run_altered(const IntegerNetwork& altered) {
    faulty_ = forward(altered, image_, backend_);
    count_sums(fault_.layer);
    explanation_.output = most_changed_output();
    if (explanation_.output)
      add_registers(OutputTrace(network_, fault_, *explanation_.output, golden_).run(false),
                    OutputTrace(altered, fault_, *explanation_.output, golden_).run(false));
  }

  // No sum changes, but what is stored for it.
  void change_scale() {
    const auto& scale = layer_.scales[fault_.element];
    if (fault_.site == Site::scale_multiplier)
      change_word({nullptr, kMultiplierBits, 1, false}, scale.multiplier);
    else
      change_word({nullptr, kShiftBits, 1, true}, scale.shift);
    run_dense();
    explanation_.output = most_changed_output();
    if (!explanation_.output) return;
    const auto before = OutputTrace(network_, fault_, *explanation_.output, golden_).run(false);
    auto after = before;
    after.back().word =
        stored_encoding(layer_).word(faulty_.stored[fault_.layer][*explanation_.output]);
    add_registers(before, after);
  }

  void change_array() {
    run_dense();
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
      if (network_.layers[i].kind == LayerKind::convolution) count_sums(i);
  }

  void run_dense() {
    DenseRun dense(network_, array_, std::span(&fault_, 1));
    faulty_ = forward(network_, image_, backend_, std::ref(dense));
  }

  Word change_word(const Encoding& encoding, std::int32_t value) {
    const auto before = encoding.word(value), after = faulty(fault_, encoding, before);
    explanation_.registers.push_back({name_of(fault_.site), before, after});
    return after;
  }

  void change_stored() {
    explanation_.output = fault_.element;
    written_ =
        change_word(stored_encoding(layer_), golden_.stored[fault_.layer][fault_.element]).value;
  }

  void change_register() {
    explanation_.output = fault_.element;
    OutputTrace trace(network_, fault_, fault_.element, golden_);
    add_registers(trace.run(false), trace.run(true));
    written_ = explanation_.registers.back().after.value;
    const auto sum = std::ranges::find(explanation_.registers, "sum", &RegisterChange::name);
    explanation_.changed_sums = sum->before == sum->after ? 0 : 1;
  }

  // The element of the fault stores `value`; of the last layer it is a logit.
  void run_with(std::int32_t value) {
    faulty_ = forward(network_, image_, backend_, [&](std::size_t layer, Activations& run) {
      if (layer != fault_.layer) return false;
      if (runs().is_last(layer))
        run.logits[fault_.element] = value;
      else
        run.stored[layer][fault_.element] = static_cast<std::int16_t>(value);
      return true;
    });
  }

  void add_registers(const std::vector<OutputTrace::Register>& before,
                     const std::vector<OutputTrace::Register>& after) {
    for (std::size_t i = 0; i < before.size(); ++i)
      explanation_.registers.push_back({before[i].name, before[i].word, after[i].word});
  }

  std::span<const std::int32_t> sums(const Activations& run, std::size_t layer) const {
    const auto all = runs().is_last(layer) ? std::span<const std::int32_t>(run.logits)
                                           : std::span<const std::int32_t>(run.sums[layer]);
    return all.first(static_cast<std::size_t>(network_.layers[layer].elements()));
  }

  void count_sums(std::size_t layer) {
    const auto before = sums(golden_, layer), after = sums(faulty_, layer);
    for (std::size_t i = 0; i < before.size(); ++i)
      explanation_.changed_sums += before[i] != after[i] ? 1 : 0;
  }

  // By what is stored, then by sums; the first of equals.
  std::optional<std::uint32_t> most_changed_output() const {
    std::optional<std::uint32_t> most;
    std::pair<std::int64_t, std::int64_t> largest = {0, 0};
    const auto before = sums(golden_, fault_.layer), after = sums(faulty_, fault_.layer);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const std::pair change = {runs().change_of(fault_.layer, i),
                                std::abs(std::int64_t{before[i]} - after[i])};
      if (change <= largest) continue;
      largest = change;
      most = static_cast<std::uint32_t>(i);
    }
    return most;
  }

  Outcome outcome() const {
    auto outcome = compare_logits(golden_.logits, faulty_.logits, logit_step(network_));
    const auto is_changed = [](const LayerDifference& layer) { return layer.changed != 0; };
    if (std::ranges::none_of(explanation_.layers, is_changed))
      outcome.kind = has_acted() ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
    return outcome;
  }

  // Did a sum change, or the scale that it is read with?
  bool has_acted() const {
    if (!is_scale(fault_.site)) return explanation_.changed_sums != 0;
    return explanation_.registers.front().changed_bits() != 0;
  }

  const IntegerNetwork& network_;
  const Fault& fault_;
  const IntegerLayer& layer_;
  std::span<const std::int16_t> image_;
  const Backend& backend_;
  const ArrayShape& array_;
  const Activations& golden_;
  Activations faulty_;
  std::optional<std::int32_t> written_;  // what the fault's element alone stores, before others run
  Explanation explanation_;
};

}  // namespace

Explanation explain_together(const IntegerNetwork& network, std::span<const Fault> faults,
                             std::span<const std::int16_t> image, const Backend& backend,
                             const ArrayShape& array) {
  check(network);
  check_together(network, faults, array);
  const auto golden = forward(network, image, backend);
  DenseRun dense(network, array, faults);
  const auto faulty = forward(network, image, backend, std::ref(dense));
  Explanation explanation;
  explanation.layers = layer_differences({network, golden, faulty}, faults, array);
  explanation.golden_logits = golden.logits;
  explanation.faulty_logits = faulty.logits;
  explanation.outcome = compare_logits(golden.logits, faulty.logits, logit_step(network));
  const auto is_changed = [](const LayerDifference& layer) { return layer.changed != 0; };
  if (std::ranges::none_of(explanation.layers, is_changed))
    explanation.outcome.kind =
        dense.is_sum_changed() ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
  return explanation;
}

Explanation explain(const IntegerNetwork& network, const Fault& fault,
                    std::span<const std::int16_t> image, const Backend& backend,
                    const ArrayShape& array) {
  check(network);
  check(network, fault, array);
  const auto golden = forward(network, image, backend);
  return Comparison(network, fault, image, golden, backend, array).run();
}

std::vector<FaultTrace> traces_alone(const IntegerNetwork& network, std::span<const Fault> faults,
                                     std::span<const std::int16_t> image, const Backend& backend,
                                     const ArrayShape& array) {
  check(network);
  check_together(network, faults, array);
  const auto golden = forward(network, image, backend);
  std::vector<FaultTrace> traces;
  for (const auto& fault : faults)
    traces.push_back(Comparison(network, fault, image, golden, backend, array).trace());
  return traces;
}

}  // namespace citrine
