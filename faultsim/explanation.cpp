#include "faultsim/explanation.h"

#include <algorithm>
#include <cstdlib>

#include "faultsim/fault_space.h"
#include "faultsim/outcome.h"
#include "faultsim/output_trace.h"
#include "quant/forward.h"

namespace citrine {
namespace {

bool is_last(const IntegerNetwork& network, std::size_t layer) {
  return layer + 1 == network.layers.size();
}

int filter_of_weight(const IntegerLayer& layer, std::uint32_t weight) {
  return static_cast<int>(weight) / layer.convolution.steps();
}

// One fault-free and one faulty run of the whole network.
class Comparison {
 public:
  Comparison(const IntegerNetwork& network, const Fault& fault, std::span<const std::int16_t> image,
             const Backend& backend)
      : network_(network),
        fault_(fault),
        layer_(network.layers[fault.layer]),
        image_(image),
        backend_(backend),
        golden_(forward(network, image, backend)) {}

  Explanation run() {
    if (fault_.site == Site::weight_memory)
      change_weight();
    else if (fault_.site == Site::activation_memory)
      change_stored();
    else
      change_register();
    compare_layers();
    explanation_.golden_logits = golden_.logits;
    explanation_.faulty_logits = faulty_.logits;
    explanation_.outcome = outcome();
    return explanation_;
  }

 private:
  void change_weight() {
    const auto encoding = weight_encoding(layer_, filter_of_weight(layer_, fault_.element));
    auto altered = network_;
    auto& weight = altered.layers[fault_.layer].weights[fault_.element];
    const auto before = encoding.word(weight), after = faulty(fault_, encoding, before);
    explanation_.registers.push_back({name_of(fault_.site), before, after});
    weight = static_cast<std::int16_t>(after.value);
    faulty_ = forward(altered, image_, backend_);
    count_sums();
    explanation_.output = most_changed_output();
    if (explanation_.output)
      add_registers(OutputTrace(network_, fault_, *explanation_.output, golden_).run(false),
                    OutputTrace(altered, fault_, *explanation_.output, golden_).run(false));
  }

  void change_stored() {
    const auto encoding = stored_encoding(layer_);
    const auto before = encoding.word(golden_.stored[fault_.layer][fault_.element]);
    const auto after = faulty(fault_, encoding, before);
    explanation_.output = fault_.element;
    explanation_.registers.push_back({name_of(fault_.site), before, after});
    run_with(after.value);
  }

  void change_register() {
    explanation_.output = fault_.element;
    OutputTrace trace(network_, fault_, fault_.element, golden_);
    add_registers(trace.run(false), trace.run(true));
    run_with(explanation_.registers.back().after.value);
    const auto sum = std::ranges::find(explanation_.registers, "sum", &RegisterChange::name);
    explanation_.changed_sums = sum->before == sum->after ? 0 : 1;
  }

  // The element of the fault stores `value`; of the last layer it is a logit.
  void run_with(std::int32_t value) {
    faulty_ =
        forward(network_, image_, backend_, [&](std::size_t layer, Activations& run) {
          if (layer != fault_.layer) return false;
          if (is_last(network_, layer))
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

  std::span<const std::int32_t> sums(const Activations& run) const {
    const auto all = is_last(network_, fault_.layer)
                         ? std::span<const std::int32_t>(run.logits)
                         : std::span<const std::int32_t>(run.sums[fault_.layer]);
    return all.first(static_cast<std::size_t>(layer_.elements()));
  }

  void count_sums() {
    const auto before = sums(golden_), after = sums(faulty_);
    for (std::size_t i = 0; i < before.size(); ++i)
      explanation_.changed_sums += before[i] != after[i] ? 1 : 0;
  }

  // By what is stored, then by sums; the first of equals.
  std::optional<std::uint32_t> most_changed_output() const {
    std::optional<std::uint32_t> most;
    std::pair<std::int64_t, std::int64_t> largest = {0, 0};
    const auto before = sums(golden_), after = sums(faulty_);
    for (std::size_t i = 0; i < before.size(); ++i) {
      const std::pair change = {change_of(fault_.layer, i),
                                std::abs(std::int64_t{before[i]} - after[i])};
      if (change <= largest) continue;
      largest = change;
      most = static_cast<std::uint32_t>(i);
    }
    return most;
  }

  std::int64_t change_of(std::size_t layer, std::size_t element) const {
    const auto change = [&](const auto& before, const auto& after) {
      return std::abs(std::int64_t{before[element]} - after[element]);
    };
    return is_last(network_, layer) ? change(golden_.logits, faulty_.logits)
                                    : change(golden_.stored[layer], faulty_.stored[layer]);
  }

  void compare_layers() {
    for (std::size_t i = 0; i < network_.layers.size(); ++i)
      explanation_.layers.push_back(layer_difference(i));
  }

  LayerDifference layer_difference(std::size_t index) const {
    const auto& layer = network_.layers[index];
    LayerDifference difference{.layer = static_cast<std::uint32_t>(index),
                               .is_reached = is_reached(index),
                               .elements = layer.elements(),
                               .pixels = std::int64_t{layer.height} * layer.width};
    difference.changed_channels.resize(static_cast<std::size_t>(difference.pixels));
    for (std::size_t i = 0; i < static_cast<std::size_t>(layer.elements()); ++i) {
      const auto change = change_of(index, i);
      difference.largest = std::max(difference.largest, change);
      if (change != 0) ++difference.changed_channels[i / static_cast<std::size_t>(layer.channels)];
    }
    for (const auto channels : difference.changed_channels) {
      difference.changed += channels;
      difference.changed_pixels += channels != 0 ? 1 : 0;
    }
    difference.largest_real = static_cast<double>(difference.largest) *
                              (is_last(network_, index) ? logit_step(network_) : layer.format.step);
    return difference;
  }

  bool is_reached(std::size_t index) const {
    return index == fault_.layer ||
           std::ranges::any_of(network_.layers[index].inputs, [&](int input) {
             return explanation_.layers[static_cast<std::size_t>(input)].changed != 0;
           });
  }

  Outcome outcome() const {
    auto outcome = compare_logits(golden_.logits, faulty_.logits, logit_step(network_));
    if (explanation_.layers[fault_.layer].is_masked())
      outcome.kind = explanation_.changed_sums == 0 ? OutcomeKind::masked_at_site
                                                    : OutcomeKind::masked_in_layer;
    return outcome;
  }

  const IntegerNetwork& network_;
  const Fault& fault_;
  const IntegerLayer& layer_;
  std::span<const std::int16_t> image_;
  const Backend& backend_;
  Activations golden_, faulty_;
  Explanation explanation_;
};

}  // namespace

Explanation explain(const IntegerNetwork& network, const Fault& fault,
                    std::span<const std::int16_t> image, const Backend& backend) {
  check(network);
  check(network, fault);
  return Comparison(network, fault, image, backend).run();
}

}  // namespace citrine
