#include "kernels/geometric.h"

#include <algorithm>
#include <cassert>

#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/geometric.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Double = hn::ScalableTag<double>;
using UInt64 = hn::RebindToUnsigned<Double>;
using Int64 = hn::RebindToSigned<Double>;
using Doubles = hn::Vec<Double>;
using Words = hn::Vec<UInt64>;  // of 32 bits, in the lower half of a lane

// Product of two words; of a lane's upper half nothing is read.
HWY_INLINE Words product(Words words, std::uint32_t factor) {
#if HWY_TARGET == HWY_SCALAR
  return Words((words.raw & 0xFFFFFFFF) * factor);
#else
  const hn::Repartition<std::uint32_t, UInt64> tag;
  return hn::MulEven(hn::BitCast(tag, words), hn::Set(tag, factor));
#endif
}

HWY_INLINE Words word(std::uint64_t value) { return hn::Set(UInt64(), value); }

// random_bits() of a key and indices. What stands above a word is not cleared before the end.
HWY_INLINE Words random_bits(Key key, Words indices) {
  auto a = indices, b = hn::ShiftRight<32>(indices), c = word(key.stream),
       d = word(key.stream >> 32);
  auto first_key = static_cast<std::uint32_t>(key.seed);
  auto second_key = static_cast<std::uint32_t>(key.seed >> 32);
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const auto first = product(a, kPhiloxFactors[0]), second = product(c, kPhiloxFactors[1]);
    a = hn::Xor(hn::Xor(hn::ShiftRight<32>(second), b), word(first_key));
    b = second;
    c = hn::Xor(hn::Xor(hn::ShiftRight<32>(first), d), word(second_key));
    d = first;
    first_key += kPhiloxSteps[0];
    second_key += kPhiloxSteps[1];
  }
  return hn::Or(hn::ShiftLeft<32>(b), hn::And(a, word(0xFFFFFFFF)));
}

// Natural logarithm of what lies in [2^-53, 1]. With x = 2^k (1 + f), 1 + f from sqrt(1/2) to
// sqrt(2), and s = f / (2 + f): log(1 + f) = 2 atanh(s), a series of odd powers of which the first
// eleven terms give all bits of a double.
HWY_INLINE Doubles logarithm(Doubles x) {
  constexpr std::uint64_t kRootOfHalf = 0x3FE6A09E667F3BCD, kOne = 0x3FF0000000000000;
  constexpr std::uint64_t kFraction = 0x000FFFFFFFFFFFFF;
  constexpr double kHighLog2 = 0x1.62e42feep-1, kLowLog2 = 0x1.a39ef35793c76p-33;  // their sum
  const Double tag;
  const auto bits = hn::Add(hn::BitCast(UInt64(), x), word(kOne - kRootOfHalf));
  // An integer in the low bits of 2^52.
  const auto k = hn::Sub(hn::BitCast(tag, hn::Or(hn::ShiftRight<52>(bits), word(0x433ULL << 52))),
                         hn::Set(tag, 0x1p52 + 1023));
  const auto one = hn::Set(tag, 1.0);
  const auto f =
      hn::Sub(hn::BitCast(tag, hn::Add(hn::And(bits, word(kFraction)), word(kRootOfHalf))), one);
  const auto s = hn::Div(f, hn::Add(hn::Set(tag, 2.0), f)), z = hn::Mul(s, s);
  auto rest = hn::Set(tag, 2.0 / 21);
  for (int odd = 19; odd >= 3; odd -= 2) rest = hn::Add(hn::Mul(rest, z), hn::Set(tag, 2.0 / odd));
  rest = hn::Mul(rest, z);
  // 2s = f - f^2 / 2 + s f^2 / 2, of which f is exact.
  const auto half_square = hn::Mul(hn::Mul(f, f), hn::Set(tag, 0.5));
  const auto low =
      hn::Add(hn::Mul(s, hn::Add(half_square, rest)), hn::Mul(k, hn::Set(tag, kLowLog2)));
  return hn::Sub(hn::Mul(k, hn::Set(tag, kHighLog2)), hn::Sub(hn::Sub(half_square, low), f));
}

double single_logarithm(double x) { return hn::GetLane(logarithm(hn::Set(Double(), x))); }

HWY_INLINE Doubles draw(Key key, Words indices, Doubles scale) {
  const auto bits = random_bits(key, indices);
  // Uniform in (0, 1], so that the logarithm is finite.
  const auto parts = hn::Sub(word(std::uint64_t{1} << 53), hn::ShiftRight<11>(bits));
  const auto uniform =
      hn::Mul(hn::ConvertTo(Double(), hn::BitCast(Int64(), parts)), hn::Set(Double(), 0x1p-53));
  return hn::Floor(hn::Mul(logarithm(uniform), scale));
}

// Two vectors at a time, since each operation of one waits for the one before.
void draw_all(Key key, double scale, std::uint64_t first, std::span<double> draws) {
  const Double tag;
  const auto lanes = hn::Lanes(tag);
  const auto scales = hn::Set(tag, scale);
  double pair[2 * hn::MaxLanes(Double())];
  for (std::size_t i = 0; i < draws.size(); i += 2 * lanes) {
    const auto indices = hn::Iota(UInt64(), first + i);
    const auto low = draw(key, indices, scales);
    const auto high = draw(key, hn::Add(indices, word(lanes)), scales);
    const auto count = std::min(2 * lanes, draws.size() - i);
    double* to = count == 2 * lanes ? draws.data() + i : pair;
    hn::StoreU(low, tag, to);
    hn::StoreU(high, tag, to + lanes);
    if (to == pair) std::copy_n(pair, count, draws.data() + i);
  }
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(draw_all);
HWY_EXPORT(single_logarithm);

// log(1 - rate): what rounding makes of 1 - rate goes into the quotient too (Kahan).
double log_of_miss(double rate) {
  const double miss = 1 - rate;
  if (miss == 1) return -rate;
  return HWY_DYNAMIC_DISPATCH(single_logarithm)(miss) * (rate / (1 - miss));
}

}  // namespace

GeometricDraws::GeometricDraws(Key key, double rate) : key_(key), scale_(1 / log_of_miss(rate)) {
  assert(rate > 0 && rate < 1);
}

void GeometricDraws::operator()(std::uint64_t first, std::span<double> draws) const {
  HWY_DYNAMIC_DISPATCH(draw_all)(key_, scale_, first, draws);
}

}  // namespace citrine
#endif
