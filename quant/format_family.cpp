#include "quant/format_family.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "kernels/bits.h"

namespace citrine {
namespace {

using Terms = std::vector<Term>;

std::uint32_t low_bits(std::uint32_t code, int count) { return code & ((1U << count) - 1); }
bool has_bit(std::uint32_t code, int bit) { return (code >> bit & 1) != 0; }

Terms negated_if(bool is_negative, Terms terms) {
  for (auto& term : terms) term.is_negative ^= is_negative;
  return terms;
}

// A magnitude is what a code's bits below the sign stand for.

Terms plain(std::uint32_t magnitude, int /*bits*/) { return signed_digits(magnitude); }

// 0 for zero, else 1 + exponent.
Terms power(std::uint32_t magnitude, int /*bits*/) {
  if (magnitude == 0) return {};
  return {{.shift = static_cast<int>(magnitude) - 1}};
}

// Li, Dong, Wang 2020, "Additive powers-of-two quantization", equations 3 and 5 with k = 2, scaled
// to integers: n = bits / 2 grids of zero and three powers, with odd bits one of zero and one
// power. Grids take turns in the powers, so that all sums differ.
Terms additive_powers(std::uint32_t magnitude, int bits) {
  const int grids = bits / 2, odd = bits % 2;
  Terms terms;
  for (int turn = grids - 1; turn >= 0; --turn) {
    const std::uint32_t field = low_bits(magnitude >> (odd + 2 * turn), 2);
    if (field == 1) terms.push_back({.shift = turn});
    if (field > 1) terms.push_back({.shift = turn + static_cast<int>(field - 1) * grids + odd});
  }
  if (odd == 1 && has_bit(magnitude, 0)) terms.push_back({.shift = grids});
  return terms;
}

// 0 for zero, else 1 + twice the exponent. sqrt(2) is 181 / 128, 0.011 % too small.
Terms half_exponent(std::uint32_t magnitude, int /*bits*/) {
  if (magnitude == 0) return {};
  const std::uint32_t halves = magnitude - 1;
  return signed_digits((halves % 2 == 0 ? std::int64_t{128} : std::int64_t{181}) << (halves / 2));
}

template <Terms magnitude_terms(std::uint32_t, int)>
Terms with_sign(std::uint32_t code, int bits) {
  return negated_if(has_bit(code, bits - 1), magnitude_terms(low_bits(code, bits - 1), bits - 1));
}

Terms twos_complement(std::uint32_t code, int bits) {
  return signed_digits(wrap(code, bits, true));
}

// Two-hot: the power-of-two codes of the two terms, the first one in the high bits.

int term_bits(int exponents) { return 1 + std::bit_width(static_cast<unsigned>(exponents)); }

int two_hot_bits(int exponents) { return 2 * term_bits(exponents); }

// An exponent above the highest reads as the highest: the shifter has no more stages.
Terms two_hot_term(std::uint32_t code, int exponents) {
  const int bits = term_bits(exponents);
  const auto highest = static_cast<std::uint32_t>(exponents);
  return negated_if(has_bit(code, bits - 1),
                    power(std::min(low_bits(code, bits - 1), highest), bits - 1));
}

Terms two_hot(std::uint32_t code, int exponents) {
  const int bits = term_bits(exponents);
  Terms terms = two_hot_term(code >> bits, exponents);
  for (const Term term : two_hot_term(low_bits(code, bits), exponents)) terms.push_back(term);
  return terms;
}

// The power-of-two code of what is nearest to `value`, half-way between two powers the higher one.
std::uint32_t nearest_power(std::int64_t value, int exponents) {
  if (value == 0) return 0;
  // 2/3 of 3 * 2^k, a half-way value, has the bits of 2^(k + 1).
  const auto two_thirds = 2 * static_cast<std::uint64_t>(std::abs(value)) / 3;
  const int magnitude = std::min(1 + static_cast<int>(std::bit_width(two_thirds)), exponents);
  const std::uint32_t sign = value < 0 ? 1U << (term_bits(exponents) - 1) : 0;
  return sign | static_cast<std::uint32_t>(magnitude);
}

// Greedy: the power nearest to the value, then the power nearest to what is left.
bool is_greedy(std::uint32_t code, int exponents) {
  const std::int64_t value = multiply(two_hot(code, exponents), 1);
  const std::uint32_t first = nearest_power(value, exponents);
  const std::int64_t rest = value - multiply(two_hot_term(first, exponents), 1);
  return code == (first << term_bits(exponents) | nearest_power(rest, exponents));
}

int same_bits(int bits) { return bits; }
bool always(std::uint32_t /*code*/, int /*bits*/) { return true; }
// Minus zero, and in two's complement the value whose negative is none.
bool is_not_sign_alone(std::uint32_t code, int bits) { return code != 1U << (bits - 1); }

constexpr Family kFamilies[] = {
    {"linear", 2, 8, same_bits, twos_complement, is_not_sign_alone},
    {"magnitude", 2, 8, same_bits, with_sign<plain>, is_not_sign_alone},
    {"unsigned", 2, 8, same_bits, plain, always},
    {"pot", 2, 6, same_bits, with_sign<power>, is_not_sign_alone},
    {"unsigned_pot", 2, 5, same_bits, power, always},
    {"twohot", 3, 8, two_hot_bits, two_hot, is_greedy},
    {"apot", 3, 8, same_bits, with_sign<additive_powers>, is_not_sign_alone},
    {"logsqrt", 3, 6, same_bits, with_sign<half_exponent>, is_not_sign_alone},
};

}  // namespace

std::int64_t multiply(std::span<const Term> terms, std::int64_t activation) {
  std::int64_t product = 0;
  for (const auto [is_negative, shift] : terms)
    product += is_negative ? -(activation << shift) : activation << shift;
  return product;
}

std::vector<Term> signed_digits(std::int64_t value) {
  std::vector<Term> terms;
  for (int shift = 0; value != 0; ++shift, value >>= 1) {
    if (value % 2 == 0) continue;
    const bool is_negative = (value & 3) == 3;
    terms.push_back({is_negative, shift});
    value -= is_negative ? -1 : 1;
  }
  std::ranges::reverse(terms);
  return terms;
}

std::span<const Family> families() { return kFamilies; }

}  // namespace citrine
