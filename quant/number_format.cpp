#include "quant/number_format.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <utility>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

std::string name_of(const Family& family, int size) {
  return std::string(family.name) + std::to_string(size);
}

struct Instance {
  Family family;
  int size;
};

Instance find(std::string_view name) {
  for (const auto& family : families())
    for (int size = family.least; size <= family.most; ++size)
      if (name_of(family, size) == name) return {family, size};
  const auto names = number_format_names();
  throw Error(unknown_name("number format", name,
                           std::vector<std::string_view>(names.begin(), names.end())));
}

int register_bits(std::span<const std::int32_t> values) {
  const auto [low, high] = std::ranges::minmax(values);
  const auto magnitude = static_cast<std::uint32_t>(std::max(high, -(low + 1)));
  return std::bit_width(magnitude) + (low < 0 ? 1 : 0);
}

}  // namespace

NumberFormat::NumberFormat(std::string_view name) : name_(name) {
  const auto [family, size] = find(name);
  family_ = family;
  size_ = size;
  std::vector<std::pair<std::int32_t, std::uint32_t>> written;
  for (std::uint32_t code = 0; code < 1U << bits(); ++code) {
    decoded_.push_back(static_cast<std::int32_t>(multiply(terms(code), 1)));
    if (family.is_written(code, size)) written.emplace_back(decoded_.back(), code);
  }
  value_bits_ = register_bits(decoded_);
  std::ranges::sort(written);
  for (const auto& [value, code] : written) {
    if (!values_.empty()) midpoints_.push_back((double(values_.back()) + value) / 2);
    values_.push_back(value);
    codes_.push_back(code);
    const auto terms = this->terms(code);
    most_terms_ = std::max(most_terms_, static_cast<int>(terms.size()));
    for (const auto& term : terms) highest_shift_ = std::max(highest_shift_, term.shift);
  }
  midpoints_.resize(std::bit_ceil(values_.size()) - 1, std::numeric_limits<double>::quiet_NaN());
}

// Binary search without branches, which weights would make unpredictable.
std::int32_t NumberFormat::nearest(double value) const {
  if (std::isnan(value)) throw Error(name_, ": a value to encode must be a number, got NaN");
  std::size_t index = 0;
  for (std::size_t half = (midpoints_.size() + 1) / 2; half > 0; half /= 2)
    index += midpoints_[index + half - 1] <= value ? half : 0;
  return values_[index];
}

bool NumberFormat::contains(std::int32_t value) const { return place_of(value) < values_.size(); }

std::size_t NumberFormat::place_between_gaps(std::int32_t value) const {
  const auto place = std::ranges::lower_bound(values_, value);
  return *place == value ? static_cast<std::size_t>(place - values_.begin()) : values_.size();
}

std::uint32_t NumberFormat::code_that_reads_as(std::int32_t value) const {
  const auto read = std::ranges::find(decoded_, value);
  if (read == decoded_.end())
    throw Error(name_, ": a value must be one of the format, got ", value, "; the nearest one is ",
                nearest(value));
  return static_cast<std::uint32_t>(read - decoded_.begin());
}

std::vector<Term> NumberFormat::terms(std::uint32_t code) const {
  return family_.terms(code & ((1U << bits()) - 1), size_);
}

std::vector<std::string> number_format_names() {
  std::vector<std::string> names;
  for (const auto& family : families())
    for (int size = family.least; size <= family.most; ++size)
      names.push_back(name_of(family, size));
  return names;
}

}  // namespace citrine
