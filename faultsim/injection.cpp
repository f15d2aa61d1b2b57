#include "faultsim/injection.h"

#include "faultsim/mac_faults.h"
#include "faultsim/scale_faults.h"
#include "kernels/bits.h"
#include "kernels/convolution.h"

namespace citrine {
namespace {

class Injection {
 public:
  Injection(const IntegerNetwork& network, const Fault& fault, const Activations& golden,
            FaultyRun& run)
      : network_(network),
        fault_(fault),
        layer_(network.layers[fault.layer]),
        golden_(golden),
        is_last_(fault.layer + 1 == network.layers.size()),
        run_(run) {}

  std::optional<OutcomeKind> apply() {
    switch (fault_.site) {
      case Site::output_register:
      case Site::activation_memory:
        return change_stored();
      case Site::weight_memory:
        change_weight();
        break;
      case Site::bias_memory:
        change_bias();
        break;
      case Site::scale_multiplier:
      case Site::scale_shift:
        return change_scale();
      default:
        change_mac();
    }
    if (is_stored_changed_) return {};
    return is_sum_changed_ ? OutcomeKind::masked_in_layer : OutcomeKind::masked_at_site;
  }

 private:
  const std::int16_t* input() const {
    return golden_.stored[static_cast<std::size_t>(layer_.inputs[0])].data();
  }
  std::int32_t golden_sum(std::size_t element) const {
    return is_last_ ? golden_.logits[element] : golden_.sums[fault_.layer][element];
  }
  MacFaults mac_faults() const {
    const auto& shape = layer_.convolution;
    return {network_, layer_, MapView(input(), shape.width, shape.channels)};
  }
  bool saturates() const { return layer_.accumulator.overflow == Overflow::saturate; }
  BitChange change() const { return bit_change(fault_); }

  std::optional<OutcomeKind> change_stored() {
    const auto value = golden_.stored[fault_.layer][fault_.element];
    const auto faulty = read_as(layer_.format.number, value, change());
    if (faulty == value) return OutcomeKind::masked_at_site;
    run_.change(fault_.layer, fault_.element, faulty);
    return {};
  }

  void change_mac() {
    const auto macs = mac_faults();
    const int step = macs.step(fault_);
    if (step >= layer_.convolution.steps()) return;
    if (saturates()) return change_saturating(macs, step);
    // Sums wrap, so that what a fault changes in one is still the difference after later steps.
    const std::span faults(&fault_, 1);
    const auto seen = macs.window(fault_.element);
    if (fault_.site == Site::accumulator) {
      const auto sum =
          wrap(macs.partial_sum(macs.bias(seen), seen, 0, step + 1), layer_.accumulator.bits, true);
      return add(fault_.element, std::int64_t{macs.accumulator(sum, faults)} - sum);
    }
    add(fault_.element, macs.product_change(seen, step, faults));
  }

  void change_saturating(const MacFaults& macs, int step) {
    auto op = convolution_of(network_, layer_, input());
    op.fault = {
        .site = MacSite::accumulator, .output = fault_.element, .step = step, .change = change()};
    if (fault_.site != Site::accumulator) {
      const auto product = macs.product(macs.window(fault_.element), step, std::span(&fault_, 1));
      op.fault.site = MacSite::product;
      op.fault.change = reads_as(product, op.widths.product);
    }
    set(fault_.element, op(fault_.element));
  }

  // Whatever a register holds, it is read as `value`.
  static BitChange reads_as(std::int32_t value, int width) {
    const auto mask = static_cast<std::uint32_t>((std::uint64_t{1} << width) - 1);
    return {mask, static_cast<std::uint32_t>(value) & mask};
  }

  // Every output of the filter sees the weight, each with another activation.
  void change_weight() {
    const auto steps = static_cast<std::uint32_t>(layer_.convolution.steps());
    const auto filter = fault_.element / steps;
    const auto step = static_cast<int>(fault_.element % steps);
    const std::int32_t weight = layer_.weights[fault_.element];
    const std::int32_t faulty = read_as(layer_.weight_format, weight, change());
    if (faulty == weight) return;
    const auto macs = mac_faults();
    if (saturates()) {
      auto op = convolution_of(network_, layer_, input());
      return visit_filter(filter, [&](std::size_t element) {
        const auto output = static_cast<std::int64_t>(element);
        op.fault = {
            .site = MacSite::weight_operand, .output = output, .step = step, .operand = faulty};
        set(element, op(output));
      });
    }
    macs.visit_activations(
        static_cast<int>(filter), step, [&](std::int64_t output, std::int32_t activation) {
          add(static_cast<std::size_t>(output), std::int64_t{faulty - weight} * activation);
        });
  }

  void change_bias() {
    const std::int32_t bias = layer_.bias[fault_.element];
    const std::int32_t faulty = read_as(bias, change(), layer_.accumulator.bits, true);
    if (!saturates())
      return visit_filter(fault_.element,
                          [&](std::size_t element) { add(element, std::int64_t{faulty} - bias); });
    auto op = convolution_of(network_, layer_, input());
    auto biases = layer_.bias;
    biases[fault_.element] = faulty;
    op.bias = biases.data();
    visit_filter(fault_.element, [&](std::size_t element) {
      set(element, op(static_cast<std::int64_t>(element)));
    });
  }

  // Sums are as they were.
  std::optional<OutcomeKind> change_scale() {
    const auto scale = faulty_scale(layer_.scales[fault_.element], fault_);
    if (scale == layer_.scales[fault_.element]) return OutcomeKind::masked_at_site;
    visit_filter(fault_.element, [&](std::size_t element) {
      const auto sum =
          with_residual(layer_, channel_of(element), golden_sum(element), residual(element));
      set_stored(element, store(layer_, sum, scale));
    });
    if (is_stored_changed_) return {};
    return OutcomeKind::masked_in_layer;
  }

  template <class Visit>
  void visit_filter(std::uint32_t filter, Visit visit) const {
    for (std::int64_t output = filter; output < layer_.elements(); output += layer_.channels)
      visit(static_cast<std::size_t>(output));
  }

  void add(std::size_t element, std::int64_t difference) {
    set(element, wrap(golden_sum(element) + difference, layer_.accumulator.bits, true));
  }

  void set(std::size_t element, std::int32_t sum) {
    if (sum == golden_sum(element)) return;
    is_sum_changed_ = true;
    if (!is_last_)
      return set_stored(element, requantize(layer_, channel_of(element), sum, residual(element)));
    run_.change_logit(element, sum);
    is_stored_changed_ = true;
  }

  void set_stored(std::size_t element, std::int16_t stored) {
    if (stored == golden_.stored[fault_.layer][element]) return;
    is_stored_changed_ = true;
    run_.change(fault_.layer, element, stored);
  }

  int channel_of(std::size_t element) const {
    return static_cast<int>(element % static_cast<std::size_t>(layer_.channels));
  }
  std::int32_t residual(std::size_t element) const {
    if (layer_.inputs.size() < 2) return 0;
    return golden_.stored[static_cast<std::size_t>(layer_.inputs[1])][element];
  }

  const IntegerNetwork& network_;
  const Fault& fault_;
  const IntegerLayer& layer_;
  const Activations& golden_;
  bool is_last_;
  FaultyRun& run_;
  bool is_sum_changed_ = false, is_stored_changed_ = false;
};

}  // namespace

bool is_local(const IntegerNetwork& network, const Fault& fault) {
  if (is_array(fault.site)) return false;
  const auto& layer = network.layers[fault.layer];
  return !is_scale(fault.site) || layer.scales.size() > 1 || layer.channels == 1;
}

std::optional<OutcomeKind> inject(const IntegerNetwork& network, const Fault& fault,
                                  const Activations& golden, FaultyRun& run) {
  return Injection(network, fault, golden, run).apply();
}

}  // namespace citrine
