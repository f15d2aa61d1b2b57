#pragma once
// Number formats: which integers a tensor's elements can be, in units of the tensor's step, and
// what their bits in memory are. docs/format.md, "Number formats", has the codes.
#include <cstdint>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "quant/format_family.h"

namespace citrine {

class NumberFormat {
 public:
  // Throws Error unless `name` is one of number_format_names().
  explicit NumberFormat(std::string_view name);

  const std::string& name() const { return name_; }
  int bits() const { return family_.bits(size_); }  // of a code in memory
  bool is_signed() const { return lowest() < 0; }
  std::int32_t lowest() const { return values_.front(); }
  std::int32_t highest() const { return values_.back(); }
  // Is an integer between lowest() and highest() not one of values()?
  bool has_gaps() const { return std::int64_t{highest()} - lowest() >= std::ssize(values_); }
  // Bits of a register that holds whatever a code reads as: two's complement if signed.
  int value_bits() const { return value_bits_; }
  // What encoding gives, ascending; 0 is one of them.
  std::span<const std::int32_t> values() const& { return values_; }
  void values() const&& = delete;

  // The nearest of values(), of two equally near the higher one. Throws Error if `value` is not a
  // number.
  std::int32_t nearest(double value) const;
  bool contains(std::int32_t value) const;  // is it one of values()?
  // The one code that is written for a value; for one that only a fault makes, the lowest code that
  // reads as it. Throws Error if none does.
  std::uint32_t code(std::int32_t value) const {
    const auto place = place_of(value);
    return place < values_.size() ? codes_[place] : code_that_reads_as(value);
  }
  // What a code reads as, lowest() - 1 to highest(), also one that is never written but that a
  // fault can make. Bits beyond bits() are ignored.
  std::int32_t value(std::uint32_t code) const { return decoded_[code & (decoded_.size() - 1)]; }
  // What an element without a multiplier adds for a code: their sum is value(code).
  std::vector<Term> terms(std::uint32_t code) const;
  // Of values(): the most terms, the highest of their shifts.
  int most_terms() const { return most_terms_; }
  int highest_shift() const { return highest_shift_; }

  bool operator==(const NumberFormat& other) const { return name_ == other.name_; }

 private:
  // In values(); behind them if not one of them.
  std::size_t place_of(std::int32_t value) const {
    if (value < lowest() || value > highest()) return values_.size();
    return has_gaps() ? place_between_gaps(value) : static_cast<std::size_t>(value - lowest());
  }
  std::size_t place_between_gaps(std::int32_t value) const;
  std::uint32_t code_that_reads_as(std::int32_t value) const;

  std::string name_;
  Family family_;
  int size_;  // the number in the name
  int value_bits_ = 0, most_terms_ = 0, highest_shift_ = 0;
  std::vector<std::int32_t> decoded_;  // by code
  std::vector<std::int32_t> values_;
  std::vector<std::uint32_t> codes_;  // of values_
  // Between neighbours in values_, exact; filled up with NaN, which is never <=, to 2^k - 1.
  std::vector<double> midpoints_;
};

// "linear2", ..., "logsqrt6".
std::vector<std::string> number_format_names();

}  // namespace citrine
