#pragma once
// The registers of one output, written step by step, with or without a fault in one of them.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "faultsim/explanation.h"
#include "faultsim/fault.h"
#include "kernels/convolution.h"
#include "quant/forward.h"
#include "quant/integer_network.h"

namespace citrine {

// How bits stand for integers: as codes of a format, in two's complement, or as they are.
struct Encoding {
  const NumberFormat* format = nullptr;  // null: an integer
  int bits = 0;
  double step = 1;
  bool is_signed = true;

  Word word(std::int32_t value) const;
  Word word_of(std::uint32_t code) const;
};
Encoding stored_encoding(const IntegerLayer& layer);
Encoding weight_encoding(const IntegerLayer& layer, int filter);
// Of a layer's products and sums.
Encoding sum_encoding(const IntegerNetwork& network, const IntegerLayer& layer, int filter,
                      int bits);

// What is read where `word` was written and the fault acts.
Word faulty(const Fault& fault, const Encoding& encoding, const Word& word);

// Is there a register of this site for each step of an output?
bool has_steps(Site site);

class OutputTrace {
 public:
  struct Register {
    std::string_view name;
    Word word;
  };
  // Of output `element` of the layer that `fault` names. All is borrowed.
  OutputTrace(const IntegerNetwork& network, const Fault& fault, std::size_t element,
              const Activations& inputs)
      : network_(network), fault_(fault), element_(element), inputs_(inputs) {}

  // Registers of the fault's step, where its site has any, and those behind the last step.
  std::vector<Register> run(bool is_faulty);

 private:
  std::int32_t write(std::string_view name, const Encoding& encoding, std::int32_t value,
                     bool is_kept);
  std::int32_t multiply_accumulate(const Convolution& op, std::int32_t sum, int step);
  void write_mode();
  void write_shifter(const Convolution& op, int step);
  std::int32_t product(const Convolution& op, int step, std::int64_t exact, bool is_kept) const;
  void finish(std::int32_t sum, const MacWidths& widths);
  const IntegerLayer& layer() const { return network_.layers[fault_.layer]; }
  const std::vector<std::int16_t>& input(std::size_t index) const {
    return inputs_.stored[static_cast<std::size_t>(layer().inputs[index])];
  }
  int filter() const {
    return static_cast<int>(element_ % static_cast<std::size_t>(layer().channels));
  }
  Encoding sum_encoding(int bits) const {
    return citrine::sum_encoding(network_, layer(), filter(), bits);
  }

  const IntegerNetwork& network_;
  const Fault& fault_;
  std::size_t element_;
  const Activations& inputs_;
  bool is_faulty_ = false;
  std::vector<Register> registers_;
};

}  // namespace citrine
