#include "faultsim/injection.h"

#include <algorithm>
#include <span>

#include "kernels/bits.h"
#include "kernels/convolution.h"

namespace citrine {
namespace {

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

// Sum of `count` products, modulo 2^32.
std::uint32_t dot_product(const std::int16_t* weights, const std::int16_t* input, int count) {
  std::uint32_t sum = 0;
  for (int i = 0; i < count; ++i) sum += static_cast<std::uint32_t>(weights[i] * input[i]);
  return sum;
}

// An output's place in its map, and where its window begins in the input.
struct Window {
  Window(const ConvolutionShape& shape, std::int64_t pixel)
      : row(static_cast<int>(pixel / shape.out_width()) * shape.stride - shape.padding),
        column(static_cast<int>(pixel % shape.out_width()) * shape.stride - shape.padding) {}
  int row, column;
};

// First channel of the input pixel that a tap of a window sees, or null on padding.
const std::int16_t* seen_pixel(const ConvolutionShape& shape, const std::int16_t* input,
                               const Window& window, int tap) {
  const int row = window.row + tap / shape.kernel, column = window.column + tap % shape.kernel;
  if (row < 0 || row >= shape.height || column < 0 || column >= shape.width) return nullptr;
  return input + (std::int64_t{row} * shape.width + column) * shape.channels;
}

// Accumulator of an output after its first `steps` steps, modulo 2^32.
std::int32_t partial_sum(const Convolution& op, std::int64_t output, int steps) {
  const auto& shape = op.shape;
  const int filter = static_cast<int>(output % shape.filters), depth = shape.group_channels();
  const int first_channel = filter / (shape.filters / shape.groups) * depth;
  const Window window(shape, output / shape.filters);
  const auto* weights = op.weights + std::ptrdiff_t{filter} * shape.steps();
  auto sum = static_cast<std::uint32_t>(op.bias[filter]);
  for (int tap = 0; tap * depth < steps; ++tap) {
    const auto* pixel = seen_pixel(shape, op.input, window, tap);
    if (pixel == nullptr) continue;
    sum += dot_product(weights + std::ptrdiff_t{tap} * depth, pixel + first_channel,
                       std::min(depth, steps - tap * depth));
  }
  return static_cast<std::int32_t>(sum);
}

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
    if (mac_site(fault_.site) != MacSite::none)
      flip_mac();
    else if (fault_.site == Site::weight_memory)
      flip_weight();
    else
      return flip_stored();
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
  std::uint32_t mask() const { return 1U << fault_.bit; }

  std::optional<OutcomeKind> flip_stored() {
    const auto value = golden_.stored[fault_.layer][fault_.element];
    const auto flipped = flip_bits(layer_.format.number, value, mask());
    if (flipped == value) return OutcomeKind::masked_at_site;
    run_.change(fault_.layer, fault_.element, flipped);
    return {};
  }

  void flip_mac() {
    auto op = convolution_of(network_, layer_, input());
    const auto step = static_cast<int>(fault_.step);
    const auto weight = op.weight(fault_.element, step);
    const auto activation = op.activation(fault_.element, step);
    op.fault = {.site = mac_site(fault_.site),
                .output = fault_.element,
                .step = step,
                .bit = static_cast<int>(fault_.bit),
                .operand = faulty_operand(weight, activation)};
    if (op.widths.saturates) return set(fault_.element, op(fault_.element));
    // Sums wrap, so that what a fault changes in one is still the difference after later steps.
    const auto partial =
        fault_.site == Site::accumulator ? partial_sum(op, fault_.element, step) : 0;
    const auto sum_after = [&](MacSite site) {
      return std::int64_t{op.multiply_accumulate(partial, weight, activation, site)};
    };
    add(fault_.element, sum_after(mac_site(fault_.site)) - sum_after(MacSite::none));
  }

  // 0 where no operand is faulty.
  std::int32_t faulty_operand(std::int32_t weight, std::int32_t activation) const {
    if (fault_.site == Site::weight_operand) return flip_bits(layer_.weight_format, weight, mask());
    if (fault_.site != Site::activation_operand) return 0;
    const auto& source = network_.layers[static_cast<std::size_t>(layer_.inputs[0])];
    return flip_bits(source.format.number, activation, mask());
  }

  // Every output of the filter sees the weight, each with another activation.
  void flip_weight() {
    const auto& shape = layer_.convolution;
    const auto steps = static_cast<std::uint32_t>(shape.steps());
    const auto filter = static_cast<int>(fault_.element / steps);
    const auto step = static_cast<int>(fault_.element % steps);
    const int depth = shape.group_channels();
    const int channel = filter / (shape.filters / shape.groups) * depth + step % depth;
    const std::int32_t weight = layer_.weights[fault_.element];
    const std::int32_t faulty = flip_bits(layer_.weight_format, weight, mask());
    if (layer_.accumulator.overflow == Overflow::saturate)
      return replace_weight(filter, step, faulty);
    const std::int32_t change = faulty - weight;
    for (std::int64_t output = 0; output < std::int64_t{layer_.height} * layer_.width; ++output) {
      const auto* pixel = seen_pixel(shape, input(), Window(shape, output), step / depth);
      if (pixel != nullptr && pixel[channel] != 0)
        add(static_cast<std::size_t>(output * shape.filters + filter),
            std::int64_t{change} * pixel[channel]);
    }
  }

  // Sums all outputs of a filter anew.
  void replace_weight(int filter, int step, std::int32_t faulty) {
    const auto& shape = layer_.convolution;
    auto op = convolution_of(network_, layer_, input());
    for (std::int64_t output = filter; output < layer_.elements(); output += shape.filters) {
      op.fault = {
          .site = MacSite::weight_operand, .output = output, .step = step, .operand = faulty};
      set(static_cast<std::size_t>(output), op(output));
    }
  }

  void add(std::size_t element, std::int64_t difference) {
    set(element, wrap(golden_sum(element) + difference, layer_.accumulator.bits, true));
  }

  void set(std::size_t element, std::int32_t sum) {
    if (sum == golden_sum(element)) return;
    is_sum_changed_ = true;
    if (is_last_) {
      run_.change_logit(element, sum);
      is_stored_changed_ = true;
      return;
    }
    const bool has_residual = layer_.inputs.size() > 1;
    const std::int32_t residual =
        has_residual ? golden_.stored[static_cast<std::size_t>(layer_.inputs[1])][element] : 0;
    const int channel = static_cast<int>(element % static_cast<std::size_t>(layer_.channels));
    const std::int16_t stored = requantize(layer_, channel, sum, residual);
    if (stored == golden_.stored[fault_.layer][element]) return;
    is_stored_changed_ = true;
    run_.change(fault_.layer, element, stored);
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

std::int16_t flip_bits(const NumberFormat& format, std::int32_t value, std::uint32_t mask) {
  return static_cast<std::int16_t>(format.value(format.code(value) ^ mask));
}

std::optional<OutcomeKind> inject(const IntegerNetwork& network, const Fault& fault,
                                  const Activations& golden, FaultyRun& run) {
  return Injection(network, fault, golden, run).apply();
}

}  // namespace citrine
