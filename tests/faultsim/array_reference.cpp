#include "array_reference.h"

#include <algorithm>
#include <cmath>

namespace citrine::testing {
namespace {

constexpr int kRows = 2, kColumns = 3;  // of the array

// A register as its bits.
struct Register {
  int width = 0;
  bool is_signed = true;
  std::uint64_t bits = 0;
  bool saturates = false;

  void load(std::int64_t value) {
    const std::int64_t end = std::int64_t{1} << (width - 1);
    if (saturates) value = std::min(std::max(value, -end), end - 1);
    bits = static_cast<std::uint64_t>(value) & ((std::uint64_t{1} << width) - 1);
  }
  std::int64_t value() const {
    const auto unsigned_value = static_cast<std::int64_t>(bits);
    const bool is_negative = is_signed && (bits >> (width - 1) & 1) == 1;
    return is_negative ? unsigned_value - (std::int64_t{1} << width) : unsigned_value;
  }
  void invert(std::uint32_t bit) { bits ^= std::uint64_t{1} << bit; }
};

Register sum_register(const IntegerLayer& layer) {
  return {layer.accumulator.bits, true, 0, layer.accumulator.overflow == Overflow::saturate};
}

// A register that holds a number format's code.
struct CodeRegister {
  const NumberFormat* format = nullptr;
  std::uint32_t code = 0;

  void load(std::int64_t value) { code = format->code(static_cast<std::int32_t>(value)); }
  std::int64_t value() const { return format->value(code); }
  void invert(std::uint32_t bit) { code ^= 1U << bit; }
};

// Three pipeline stages: operands, product, sum.
struct MacUnit {
  CodeRegister weight, activation;
  Register product, sum;
};

std::int64_t halves_up(std::int64_t value, int shift) {
  return static_cast<std::int64_t>(
      std::floor(std::ldexp(static_cast<long double>(value), -shift) + 0.5L));
}

// Looks through all that can be stored, the higher of two equally near ones.
std::int64_t store(const IntegerLayer& layer, std::int64_t value, const Scale& scale) {
  const std::int64_t scaled = halves_up(value * scale.multiplier, scale.shift);
  const std::int64_t wanted =
      std::min<std::int64_t>(layer.high, std::max<std::int64_t>(layer.low, scaled));
  std::int64_t best = layer.format.number.lowest();
  for (const std::int64_t candidate : layer.format.number.values())
    if (std::abs(candidate - wanted) <= std::abs(best - wanted)) best = candidate;
  return best;
}

class Array {
 public:
  Array(const IntegerLayer& layer, const TensorFormat& input, const Tensor& map, const Fault* fault)
      : layer_(layer),
        shape_(layer.convolution),
        map_(map),
        fault_(fault),
        units_(kRows * kColumns) {
    for (auto& unit : units_)
      unit = {{&layer.weight_format},
              {&input.number},
              {layer.weight_format.value_bits() + input.number.value_bits(), true, 0},
              sum_register(layer)};
  }

  Tensor run() {
    Tensor sums(static_cast<std::size_t>(layer_.height * layer_.width * layer_.channels));
    const int pixels = layer_.height * layer_.width;
    for (int pixel = 0; pixel < pixels; pixel += kRows)
      for (int filter = 0; filter < layer_.channels; filter += kColumns)
        run_tile(sums, pixel, filter);
    return sums;
  }

 private:
  void run_tile(Tensor& sums, int first_pixel, int first_filter) {
    const int steps = shape_.kernel * shape_.kernel * (shape_.channels / shape_.groups);
    for (int row = 0; row < kRows; ++row)
      for (int column = 0; column < kColumns; ++column) {
        const int pixel = first_pixel + row, filter = first_filter + column;
        if (pixel >= layer_.height * layer_.width || filter >= layer_.channels) continue;
        auto& unit = units_[static_cast<std::size_t>(row * kColumns + column)];
        unit.sum.load(layer_.bias[static_cast<std::size_t>(filter)]);
        for (int clock = 0; clock < steps + 2; ++clock) tick(unit, pixel, filter, clock, steps);
        sums[static_cast<std::size_t>(pixel * layer_.channels + filter)] = unit.sum.value();
      }
  }

  // One clock: the last stage first, so that each reads what the stage before held.
  void tick(MacUnit& unit, int pixel, int filter, int clock, int steps) {
    const int summed = clock - 2, multiplied = clock - 1;
    const int output = pixel * layer_.channels + filter;
    if (summed >= 0) {
      unit.sum.load(unit.sum.value() + unit.product.value());
      upset(unit.sum, Site::accumulator, output, summed);
    }
    if (multiplied >= 0 && multiplied < steps) {
      unit.product.load(unit.weight.value() * unit.activation.value());
      upset(unit.product, Site::product, output, multiplied);
    }
    if (clock < steps) {
      unit.weight.load(layer_.weights[static_cast<std::size_t>(filter * steps + clock)]);
      unit.activation.load(fetch(pixel, filter, clock));
      upset(unit.weight, Site::weight_operand, output, clock);
      upset(unit.activation, Site::activation_operand, output, clock);
    }
  }

  std::int64_t fetch(int pixel, int filter, int step) const {
    const int depth = shape_.channels / shape_.groups;
    const int tap = step / depth;
    const int y = pixel / layer_.width * shape_.stride + tap / shape_.kernel - shape_.padding;
    const int x = pixel % layer_.width * shape_.stride + tap % shape_.kernel - shape_.padding;
    if (y < 0 || x < 0 || y >= shape_.height || x >= shape_.width) return 0;
    const int group = filter / (shape_.filters / shape_.groups);
    return map_[static_cast<std::size_t>((y * shape_.width + x) * shape_.channels + group * depth +
                                         step % depth)];
  }

  template <class Held>
  void upset(Held& held, Site site, int output, int step) const {
    if (fault_ != nullptr && fault_->site == site && static_cast<int>(fault_->element) == output &&
        static_cast<int>(fault_->step) == step)
      held.invert(fault_->bit);
  }

  const IntegerLayer& layer_;
  const ConvolutionShape& shape_;
  const Tensor& map_;
  const Fault* fault_;
  std::vector<MacUnit> units_;
};

std::int64_t wrap32(std::int64_t value) {
  Register held{32, true, 0};
  held.load(value);
  return held.value();
}

Tensor pool(const IntegerLayer& layer, const Tensor& map) {
  const auto& shape = layer.convolution;
  Tensor out;
  for (int y = 0; y < layer.height; ++y)
    for (int x = 0; x < layer.width; ++x)
      for (int c = 0; c < layer.channels; ++c) {
        std::vector<std::int64_t> taps;
        for (int i = 0; i < shape.kernel * shape.kernel; ++i) {
          const int row = y * shape.stride - shape.padding + i / shape.kernel;
          const int column = x * shape.stride - shape.padding + i % shape.kernel;
          if (row >= 0 && column >= 0 && row < shape.height && column < shape.width)
            taps.push_back(
                map[static_cast<std::size_t>((row * shape.width + column) * layer.channels + c)]);
        }
        std::int64_t sum = 0;
        for (const auto tap : taps) sum += tap;
        const double mean = static_cast<double>(sum) / (shape.kernel * shape.kernel);
        const std::int64_t value = layer.kind == LayerKind::max_pool
                                       ? *std::ranges::max_element(taps)
                                       : static_cast<std::int64_t>(std::floor(mean + 0.5));
        out.push_back(store(layer, value, layer.scales[0]));
      }
  return out;
}

Tensor join(const IntegerLayer& layer, const std::vector<Tensor>& inputs) {
  Tensor out;
  const auto pixels = static_cast<std::size_t>(layer.height * layer.width);
  for (std::size_t pixel = 0; pixel < pixels; ++pixel)
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const auto depth = inputs[i].size() / pixels;
      for (std::size_t c = 0; c < depth; ++c)
        out.push_back(store(layer, inputs[i][pixel * depth + c], layer.input_scales[i]));
    }
  return out;
}

Tensor sum(const IntegerLayer& layer, const std::vector<Tensor>& inputs) {
  Tensor out(inputs[0].size(), 0);
  for (std::size_t i = 0; i < inputs.size(); ++i)
    for (std::size_t e = 0; e < out.size(); ++e)
      out[e] +=
          halves_up(inputs[i][e] * layer.input_scales[i].multiplier, layer.input_scales[i].shift);
  for (auto& value : out) value = store(layer, wrap32(value), layer.scales[0]);
  return out;
}

Tensor subsample(const IntegerLayer& layer, const Tensor& map) {
  const auto& shape = layer.convolution;
  const int before = (layer.channels - shape.channels) / 2;
  Tensor out(static_cast<std::size_t>(layer.height * layer.width * layer.channels), 0);
  for (int y = 0; y < layer.height; ++y)
    for (int x = 0; x < layer.width; ++x)
      for (int c = 0; c < shape.channels; ++c)
        out[static_cast<std::size_t>((y * layer.width + x) * layer.channels + before + c)] =
            store(layer,
                  map[static_cast<std::size_t>(
                      (y * shape.stride * shape.width + x * shape.stride) * shape.channels + c)],
                  layer.input_scales[0]);
  return out;
}

const Scale& channel_of(const std::vector<Scale>& scales, const IntegerLayer& layer,
                        std::size_t element) {
  return scales[scales.size() == 1 ? 0 : element % static_cast<std::size_t>(layer.channels)];
}

Tensor requantized(const IntegerLayer& layer, const Tensor& sums,
                   const std::vector<Tensor>& inputs) {
  Tensor out;
  for (std::size_t i = 0; i < sums.size(); ++i) {
    const auto& scale = channel_of(layer.scales, layer, i);
    const auto& residual_scale = channel_of(layer.residual_scales, layer, i);
    const std::int64_t residual =
        inputs.size() > 1
            ? halves_up(inputs[1][i] * residual_scale.multiplier, residual_scale.shift)
            : 0;
    auto held = sum_register(layer);
    held.load(sums[i] + residual);
    out.push_back(store(layer, held.value(), scale));
  }
  return out;
}

Tensor other_layer(const IntegerLayer& layer, const std::vector<Tensor>& inputs) {
  if (layer.kind == LayerKind::add) return sum(layer, inputs);
  if (layer.kind == LayerKind::concat) return join(layer, inputs);
  if (layer.kind == LayerKind::shortcut) return subsample(layer, inputs[0]);
  return pool(layer, inputs[0]);
}

void invert_weight(IntegerNetwork& network, const Fault& fault) {
  auto& layer = network.layers[fault.layer];
  CodeRegister held{&layer.weight_format};
  held.load(layer.weights[fault.element]);
  held.invert(fault.bit);
  layer.weights[fault.element] = static_cast<std::int16_t>(held.value());
}

void invert_stored(const IntegerLayer& layer, Tensor& stored, const Fault& fault) {
  CodeRegister held{&layer.format.number};
  held.load(stored[fault.element]);
  held.invert(fault.bit);
  stored[fault.element] = held.value();
}

}  // namespace

ReferenceRun run_reference(IntegerNetwork network, const std::vector<std::int16_t>& image,
                           const std::optional<Fault>& fault, const ReferenceRun* golden) {
  if (fault && fault->site == Site::weight_memory) invert_weight(network, *fault);
  ReferenceRun run;
  run.accumulators.resize(network.layers.size());
  run.stored.emplace_back(image.begin(), image.end());
  for (std::size_t i = 1; i < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    if (golden != nullptr && i < fault->layer) {
      run.accumulators[i] = golden->accumulators[i];
      run.stored.push_back(golden->stored[i]);
      continue;
    }
    const bool is_here = fault && fault->layer == i;
    std::vector<Tensor> inputs;
    for (const int input : layer.inputs)
      inputs.push_back(run.stored[static_cast<std::size_t>(input)]);
    if (layer.kind == LayerKind::convolution) {
      const auto& format = network.layers[static_cast<std::size_t>(layer.inputs[0])].format;
      run.accumulators[i] = Array(layer, format, inputs[0], is_here ? &*fault : nullptr).run();
      const bool is_last = i + 1 == network.layers.size();
      run.stored.push_back(is_last ? run.accumulators[i]
                                   : requantized(layer, run.accumulators[i], inputs));
    } else {
      run.stored.push_back(other_layer(layer, inputs));
    }
    if (is_here && (fault->site == Site::activation_memory || fault->site == Site::output_register))
      invert_stored(layer, run.stored[i], *fault);
  }
  return run;
}

}  // namespace citrine::testing
