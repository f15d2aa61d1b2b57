#include "faultsim/output_trace.h"

#include "faultsim/fault_place.h"
#include "faultsim/mac_faults.h"
#include "kernels/bits.h"

namespace citrine {
namespace {

constexpr std::string_view kSum = "sum", kSumWithResidual = "sum_with_residual";

std::uint32_t low_bits(std::int32_t value, int bits) {
  return static_cast<std::uint32_t>(value) &
         static_cast<std::uint32_t>((std::uint64_t{1} << bits) - 1);
}

}  // namespace

Word Encoding::word(std::int32_t value) const {
  return {format != nullptr ? format->code(value) : low_bits(value, bits), bits, value, step};
}

Word Encoding::word_of(std::uint32_t code) const {
  return {code, bits, format != nullptr ? format->value(code) : wrap(code, bits, is_signed), step};
}

Encoding stored_encoding(const IntegerLayer& layer) {
  return {&layer.format.number, layer.format.number.bits(), layer.format.step};
}

Encoding weight_encoding(const IntegerLayer& layer, int filter) {
  return {&layer.weight_format, layer.weight_format.bits(), of_channel(layer.weight_steps, filter)};
}

Encoding sum_encoding(const IntegerNetwork& network, const IntegerLayer& layer, int filter,
                      int bits) {
  const auto& source = network.layers[static_cast<std::size_t>(layer.inputs[0])];
  return {nullptr, bits, of_channel(layer.weight_steps, filter) * source.format.step};
}

Word faulty(const Fault& fault, const Encoding& encoding, const Word& word) {
  return encoding.word_of(bit_change(fault)(word.code));
}

bool has_steps(Site site) {
  return site == Site::weight_operand || site == Site::activation_operand ||
         site == Site::product || site == Site::accumulator || is_shift(site);
}

std::vector<OutputTrace::Register> OutputTrace::run(bool is_faulty) {
  is_faulty_ = is_faulty;
  registers_.clear();
  const auto op = convolution_of(network_, layer(), input(0).data());
  if (fault_.site == Site::mode_bit) write_mode();
  std::int32_t sum = op.bias[filter()];
  for (int step = 0; step < op.shape.steps(); ++step) sum = multiply_accumulate(op, sum, step);
  finish(sum, op.widths);
  return registers_;
}

// Registers that are not kept are fault-free.
std::int32_t OutputTrace::write(std::string_view name, const Encoding& encoding, std::int32_t value,
                                bool is_kept) {
  if (!is_kept) return value;
  auto word = encoding.word(value);
  if (is_faulty_ && name == name_of(fault_.site)) word = faulty(fault_, encoding, word);
  registers_.push_back({name, word});
  return word.value;
}

std::int32_t OutputTrace::multiply_accumulate(const Convolution& op, std::int32_t sum, int step) {
  const auto index = static_cast<std::int64_t>(element_);
  const bool is_kept = has_steps(fault_.site) && step == mac_step(network_, fault_);
  const auto& source = network_.layers[static_cast<std::size_t>(layer().inputs[0])];
  const auto weight = write(name_of(Site::weight_operand), weight_encoding(layer(), filter()),
                            op.weight(index, step), is_kept);
  const auto activation = write(name_of(Site::activation_operand), stored_encoding(source),
                                op.activation(index, step), is_kept);
  if (is_kept && is_shift(fault_.site) && fault_.site != Site::mode_bit) write_shifter(op, step);
  const auto exact = std::int64_t{weight} * activation;
  const auto product = write(name_of(Site::product), sum_encoding(op.widths.product),
                             this->product(op, step, exact, is_kept), is_kept);
  return write(name_of(Site::accumulator), sum_encoding(op.widths.accumulator),
               op.widths.accumulated(std::int64_t{sum} + product), is_kept);
}

void OutputTrace::write_mode() {
  const bool is_single = ShiftRegisters(layer().weight_format).slots == 1;
  write(name_of(fault_.site), {nullptr, 1, 1, false}, is_single ? 0 : 1, true);
}

void OutputTrace::write_shifter(const Convolution& op, int step) {
  const auto index = static_cast<std::int64_t>(element_);
  const auto& format = layer().weight_format;
  const ShiftRegisters shape(format);
  const ShifterRegister held(shape.exponent_bits, format.terms(format.code(op.weight(index, step))),
                             fault_.step % static_cast<std::uint32_t>(shape.slots));
  if (fault_.site == Site::exponent_register)
    write(name_of(fault_.site), {nullptr, shape.bits(), 1, false},
          static_cast<std::int32_t>(held.code), true);
  else
    write(name_of(fault_.site), sum_encoding(op.widths.product),
          wrap(held.shifted(op.activation(index, step)), op.widths.product, true), true);
}

// Of what a faulty shift-based element gives, or of the exact product.
std::int32_t OutputTrace::product(const Convolution& op, int step, std::int64_t exact,
                                  bool is_kept) const {
  if (!is_kept || !is_faulty_ || !is_shift(fault_.site))
    return wrap(exact, op.widths.product, true);
  const MacFaults macs(network_, layer(), MapView(op.input, op.shape.width, op.shape.channels));
  return macs.product(macs.window(static_cast<std::int64_t>(element_)), step,
                      std::span(&fault_, 1));
}

void OutputTrace::finish(std::int32_t sum, const MacWidths& widths) {
  const auto encoding = sum_encoding(widths.accumulator);
  write(kSum, encoding, sum, true);
  if (fault_.layer + 1 == network_.layers.size()) return;
  std::int32_t residual = 0;
  if (layer().inputs.size() > 1) {
    residual = input(1)[element_];
    const auto added = layer().residual_scale(filter())(residual);
    write(kSumWithResidual, encoding, widths.accumulated(sum + added), true);
  }
  write(name_of(Site::output_register), stored_encoding(layer()),
        requantize(layer(), filter(), sum, residual), true);
}

}  // namespace citrine
