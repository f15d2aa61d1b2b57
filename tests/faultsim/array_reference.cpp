#include "array_reference.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace citrine::testing {
namespace {

bool is_set(std::uint64_t bits, int bit) { return (bits >> bit & 1) == 1; }

// The bits of a register of `width` bits with a fault in it.
std::uint64_t with_fault(std::uint64_t bits, int width, const Fault& fault) {
  for (int i = 0; i < static_cast<int>(fault.width); ++i) {
    const int bit = static_cast<int>(fault.bit) + i;
    if (bit >= width) continue;
    bool value = !is_set(bits, bit);
    if (fault.effect == Effect::stuck_at_0) value = false;
    if (fault.effect == Effect::stuck_at_1) value = true;
    if (fault.effect == Effect::random_value) value = is_set(fault.value, i);
    bits &= ~(std::uint64_t{1} << bit);
    if (value) bits |= std::uint64_t{1} << bit;
  }
  return bits;
}

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
  void upset(const Fault& fault) { bits = with_fault(bits, width, fault); }
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
  void upset(const Fault& fault) {
    code = static_cast<std::uint32_t>(with_fault(code, format->bits(), fault));
  }
};

// Operands, product, sum.
struct MacUnit {
  CodeRegister weight, activation;
  Register product, sum;
};

// One MAC that a unit does.
struct Mac {
  int row = 0, column = 0;  // of the unit
  int pixel = 0, filter = 0, step = 0;
};

std::int64_t halves_up(std::int64_t value, int shift) {
  return static_cast<std::int64_t>(
      std::floor(std::ldexp(static_cast<long double>(value), -shift) + 0.5L));
}

// Looks through all that can be stored, the higher of two equally near ones.
std::int64_t nearest(const IntegerLayer& layer, std::int64_t scaled) {
  const std::int64_t wanted =
      std::min<std::int64_t>(layer.high, std::max<std::int64_t>(layer.low, scaled));
  std::int64_t best = layer.format.number.lowest();
  for (const std::int64_t candidate : layer.format.number.values())
    if (std::abs(candidate - wanted) <= std::abs(best - wanted)) best = candidate;
  return best;
}

std::int64_t store(const IntegerLayer& layer, std::int64_t value, const Scale& scale) {
  return nearest(layer, halves_up(value * scale.multiplier, scale.shift));
}

class Array {
 public:
  Array(const IntegerLayer& layer, const TensorFormat& input, const Tensor& map,
        const ArrayShape& shape, std::vector<Fault> faults)
      : layer_(layer),
        shape_(layer.convolution),
        map_(map),
        rows_(static_cast<int>(shape.rows)),
        columns_(static_cast<int>(shape.columns)),
        mapping_(shape.mapping),
        faults_(std::move(faults)),
        units_(static_cast<std::size_t>(rows_ * columns_)) {
    for (auto& unit : units_)
      unit = {{&layer.weight_format},
              {&input.number},
              {std::max(layer.product_bits,
                        layer.weight_format.value_bits() + input.number.value_bits()),
               true, 0},
              sum_register(layer)};
  }

  Tensor run() {
    sums_.assign(static_cast<std::size_t>(pixels() * layer_.channels), 0);
    for (int group = 0; group < shape_.groups; ++group) {
      if (mapping_ == Mapping::output_stationary)
        run_outputs(group * filters());
      else
        run_stationary(group * filters());
    }
    return sums_;
  }

 private:
  int pixels() const { return layer_.height * layer_.width; }
  int filters() const { return shape_.filters / shape_.groups; }
  int steps() const { return shape_.kernel * shape_.kernel * (shape_.channels / shape_.groups); }
  MacUnit& unit(int row, int column) {
    return units_[static_cast<std::size_t>(row * columns_ + column)];
  }
  std::int64_t& sum(int pixel, int filter) {
    return sums_[static_cast<std::size_t>(pixel * layer_.channels + filter)];
  }

  // Each unit sums up an output of its own.
  void run_outputs(int first_filter) {
    for (int top = 0; top < pixels(); top += rows_)
      for (int left = 0; left < filters(); left += columns_)
        for (int row = 0; row < std::min(rows_, pixels() - top); ++row)
          for (int column = 0; column < std::min(columns_, filters() - left); ++column) {
            const int pixel = top + row, filter = first_filter + left + column;
            auto& held = unit(row, column).sum;
            held.load(layer_.bias[static_cast<std::size_t>(filter)]);
            for (int step = 0; step < steps(); ++step)
              tick({row, column, pixel, filter, step}, held.value());
            sum(pixel, filter) = held.value();
          }
  }

  // Each row holds a step; sums move down a row a clock, and what streams through the array comes a
  // clock later to each next row.
  void run_stationary(int first_filter) {
    const bool has_weights = mapping_ == Mapping::weight_stationary;
    const int held = has_weights ? filters() : pixels(),
              streamed = has_weights ? pixels() : filters();
    for (int first_step = 0; first_step < steps(); first_step += rows_)
      for (int left = 0; left < held; left += columns_) {
        const int last_row = std::min(rows_, steps() - first_step) - 1;
        for (int clock = 0; clock < streamed + last_row; ++clock)
          for (int row = last_row; row >= 0; --row)
            for (int column = 0; column < std::min(columns_, held - left); ++column) {
              const int stream = clock - row, place = left + column;
              if (stream < 0 || stream >= streamed) continue;
              const int pixel = has_weights ? stream : place;
              const int filter = first_filter + (has_weights ? place : stream);
              const std::int64_t before = row > 0          ? unit(row - 1, column).sum.value()
                                          : first_step > 0 ? sum(pixel, filter)
                                                           : started(filter);
              tick({row, column, pixel, filter, first_step + row}, before);
              if (row == last_row) sum(pixel, filter) = unit(row, column).sum.value();
            }
      }
  }

  std::int64_t started(int filter) const {
    auto held = sum_register(layer_);
    held.load(layer_.bias[static_cast<std::size_t>(filter)]);
    return held.value();
  }

  void tick(const Mac& mac, std::int64_t before) {
    auto& [weight, activation, product, sum] = unit(mac.row, mac.column);
    weight.load(layer_.weights[static_cast<std::size_t>(mac.filter * steps() + mac.step)]);
    activation.load(fetch(mac, mac.step));
    upset(weight, Site::weight_operand, Site::array_weight, mac);
    upset(activation, Site::activation_operand, Site::array_activation, mac);
    product.load(has_shift_faults() ? shifted(mac, weight) : weight.value() * activation.value());
    upset(product, Site::product, Site::array_product, mac);
    sum.load(before + product.value());
    upset(sum, Site::accumulator, Site::array_accumulator, mac);
  }

  std::int64_t fetch(const Mac& mac, int step) const {
    const int depth = shape_.channels / shape_.groups;
    const int tap = step / depth;
    const int y = mac.pixel / layer_.width * shape_.stride + tap / shape_.kernel - shape_.padding;
    const int x = mac.pixel % layer_.width * shape_.stride + tap % shape_.kernel - shape_.padding;
    if (y < 0 || x < 0 || y >= shape_.height || x >= shape_.width) return 0;
    const int group = mac.filter / filters();
    return map_[static_cast<std::size_t>((y * shape_.width + x) * shape_.channels + group * depth +
                                         step % depth)];
  }

  bool is_at(const Fault& fault, const Mac& mac) const {
    return static_cast<int>(fault.element) == mac.pixel * layer_.channels + mac.filter;
  }

  template <class Held>
  void upset(Held& held, Site once, Site always, const Mac& mac) const {
    for (const auto& fault : faults_) {
      const bool is_now =
          fault.site == once && is_at(fault, mac) && static_cast<int>(fault.step) == mac.step;
      const bool is_here = fault.site == always &&
                           static_cast<int>(fault.element) == mac.row * columns_ + mac.column;
      if (is_now || is_here) held.upset(fault);
    }
  }

  bool has_shift_faults() const {
    return !faults_.empty() &&
           (faults_[0].site == Site::exponent_register || faults_[0].site == Site::shifter ||
            faults_[0].site == Site::mode_bit);
  }

  // What the shifters of a unit without a multiplier add up to. Weights of one term each share a
  // clock by pairs, the mode bit low; others take two terms a clock, the mode bit high.
  std::int64_t shifted(const Mac& mac, const CodeRegister& weight) const {
    const int most = layer_.weight_format.most_terms();
    int exponent_bits = 0;
    while (1 << exponent_bits <= layer_.weight_format.highest_shift()) ++exponent_bits;
    const bool is_single = most == 1;
    const int shifters = is_single ? 1 : most + most % 2;
    const auto terms = layer_.weight_format.terms(weight.code);
    std::int64_t sum = 0;
    for (int i = 0; i < shifters; ++i) {
      Register exponent{exponent_bits + 2, false, 0}, mode{1, false, is_single ? 0U : 1U};
      auto given = unit_product();
      if (i < static_cast<int>(terms.size())) {
        const auto& [is_negative, shift] = terms[static_cast<std::size_t>(i)];
        exponent.load(shift + (is_negative ? 1 << exponent_bits : 0) + (2 << exponent_bits));
      }
      const int clock = is_single ? mac.step / 2 : (mac.step * shifters + i) / 2;
      const bool is_second = is_single ? mac.step % 2 == 1 : i % 2 == 1;
      upset_here(exponent, Site::exponent_register, mac, mac.step * shifters + i);
      upset_here(mode, Site::mode_bit, mac, clock);
      std::int64_t read = fetch(mac, mac.step);
      if (is_single && is_second && mode.bits == 1) read = fetch(mac, mac.step - 1);
      if (!is_single && is_second && mode.bits == 0) read = 0;
      const auto bits = static_cast<int>(exponent.bits);
      const int power = bits % (1 << exponent_bits), rest = bits >> exponent_bits;
      if (rest / 2 == 1) given.load((rest % 2 == 1 ? -1 : 1) * read * (std::int64_t{1} << power));
      upset_here(given, Site::shifter, mac, mac.step * shifters + i);
      sum += given.value();
    }
    return sum;
  }

  Register unit_product() const { return {units_[0].product.width, true, 0}; }

  void upset_here(Register& held, Site site, const Mac& mac, int step) const {
    for (const auto& fault : faults_)
      if (fault.site == site && is_at(fault, mac) && static_cast<int>(fault.step) == step)
        held.upset(fault);
  }

  const IntegerLayer& layer_;
  const ConvolutionShape& shape_;
  const Tensor& map_;
  int rows_, columns_;
  Mapping mapping_;
  std::vector<Fault> faults_;
  std::vector<MacUnit> units_;
  Tensor sums_;
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

// A product of 64 bits, which a shift to the left may leave.
std::int64_t rescaled(std::int64_t sum, std::int64_t multiplier, int shift) {
  const std::int64_t product = sum * multiplier;
  if (shift >= 0) return halves_up(product, shift);
  auto bits = static_cast<std::uint64_t>(product);
  for (int i = 0; i < -shift; ++i) bits += bits;
  return static_cast<std::int64_t>(bits);
}

Tensor requantized(const IntegerLayer& layer, const Tensor& sums, const std::vector<Tensor>& inputs,
                   const std::vector<Fault>& faults) {
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
    Register multiplier{31, false, 0}, shift{7, true, 0};
    multiplier.load(scale.multiplier);
    shift.load(scale.shift);
    for (const auto& fault : faults) {
      if (layer.scales.size() > 1 && i % layer.scales.size() != fault.element) continue;
      if (fault.site == Site::scale_multiplier) multiplier.upset(fault);
      if (fault.site == Site::scale_shift) shift.upset(fault);
    }
    out.push_back(nearest(
        layer, rescaled(held.value(), multiplier.value(), static_cast<int>(shift.value()))));
  }
  return out;
}

Tensor other_layer(const IntegerLayer& layer, const std::vector<Tensor>& inputs) {
  if (layer.kind == LayerKind::add) return sum(layer, inputs);
  if (layer.kind == LayerKind::concat) return join(layer, inputs);
  if (layer.kind == LayerKind::shortcut) return subsample(layer, inputs[0]);
  return pool(layer, inputs[0]);
}

// What is written into a memory of codes is read with its faults.
std::int64_t read_back(const NumberFormat& format, std::int64_t value, std::size_t element,
                       const std::vector<Fault>& faults) {
  CodeRegister held{&format};
  held.load(value);
  for (const auto& fault : faults)
    if (fault.element == element) held.upset(fault);
  return held.value();
}

void upset_parameters(IntegerNetwork& network, const std::vector<Fault>& faults) {
  for (const auto& fault : faults) {
    auto& layer = network.layers[fault.layer];
    if (fault.site == Site::weight_memory) {
      std::vector<Fault> here;
      for (const auto& other : faults)
        if (other.layer == fault.layer) here.push_back(other);
      // Once for all faults of a weight.
      if (&fault == &*std::ranges::find_if(faults, [&](const Fault& other) {
            return other.layer == fault.layer && other.element == fault.element;
          }))
        layer.weights[fault.element] = static_cast<std::int16_t>(
            read_back(layer.weight_format, layer.weights[fault.element], fault.element, here));
    }
    if (fault.site != Site::bias_memory) continue;
    Register held{layer.accumulator.bits, true, 0};
    held.load(layer.bias[fault.element]);
    held.upset(fault);
    layer.bias[fault.element] = static_cast<std::int32_t>(held.value());
  }
}

bool is_stored(const Fault& fault) {
  return fault.site == Site::activation_memory || fault.site == Site::output_register;
}

}  // namespace

ReferenceRun run_reference(IntegerNetwork network, const std::vector<std::int16_t>& image,
                           const std::vector<Fault>& faults, const ReferenceRun* golden,
                           const ArrayShape& array) {
  upset_parameters(network, faults);
  std::uint32_t first = golden == nullptr ? 0 : ~0U;
  for (const auto& fault : faults) first = std::min(first, fault.layer);
  ReferenceRun run;
  run.accumulators.resize(network.layers.size());
  run.stored.emplace_back(image.begin(), image.end());
  for (std::size_t i = 1; i < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    if (golden != nullptr && i < first) {
      run.accumulators[i] = golden->accumulators[i];
      run.stored.push_back(golden->stored[i]);
      continue;
    }
    std::vector<Fault> here;
    for (const auto& fault : faults)
      if (fault.layer == i || is_array(fault.site)) here.push_back(fault);
    std::vector<Tensor> inputs;
    for (const int input : layer.inputs)
      inputs.push_back(run.stored[static_cast<std::size_t>(input)]);
    if (layer.kind == LayerKind::convolution) {
      const auto& format = network.layers[static_cast<std::size_t>(layer.inputs[0])].format;
      run.accumulators[i] = Array(layer, format, inputs[0], array, here).run();
      const bool is_last = i + 1 == network.layers.size();
      run.stored.push_back(is_last ? run.accumulators[i]
                                   : requantized(layer, run.accumulators[i], inputs, here));
    } else {
      run.stored.push_back(other_layer(layer, inputs));
    }
    if (here.empty() || !is_stored(here[0])) continue;
    for (std::size_t e = 0; e < run.stored[i].size(); ++e)
      run.stored[i][e] = read_back(layer.format.number, run.stored[i][e], e, here);
  }
  return run;
}

}  // namespace citrine::testing
