#include "kernels/random.h"

#include <bit>
#include <utility>

#include "kernels/error.h"
#include "kernels/fnv.h"

namespace citrine {
namespace {

// Seed offsets that keep the draws of different purposes apart; any distinct odd constants do.
constexpr std::uint64_t kSplitDomain = 0x9E3779B97F4A7C15;
constexpr std::uint64_t kPurposeDomain = 0xD1B54A32D192ED03;
constexpr std::uint64_t kRetryDomain = 0xA0761D6478BD642F;
constexpr std::uint64_t kFeistelDomain = 0x8CB92BA72F3D8DD7;
constexpr int kFeistelRounds = 6;

constexpr std::uint32_t low(std::uint64_t value) { return static_cast<std::uint32_t>(value); }
constexpr std::uint32_t high(std::uint64_t value) {
  return static_cast<std::uint32_t>(value >> 32);
}
constexpr std::uint64_t join(std::uint32_t high_word, std::uint32_t low_word) {
  return std::uint64_t{high_word} << 32 | low_word;
}

std::uint64_t draw(Key key, std::uint64_t index, std::uint64_t domain) {
  const std::uint64_t seed = key.seed ^ domain;
  const auto words =
      philox({low(index), high(index), low(key.stream), high(key.stream)}, {low(seed), high(seed)});
  return join(words[1], words[0]);
}

std::uint64_t name_hash(std::string_view name) {
  std::uint64_t hash = kFnvBasis;
  for (const char letter : name) hash = fnv1a(hash, static_cast<std::uint8_t>(letter));
  return hash;
}

// Independent uniform draws, one after the other.
class Sequence {
 public:
  explicit Sequence(Key key) : key_(key) {}
  double next() { return uniform(key_, index_++); }

 private:
  Key key_;
  std::uint64_t index_ = 0;
};

// True with probability exp(-rate), 0 <= rate <= 1, by comparisons alone (von Neumann 1951).
bool survives(Sequence& draws, double rate) {
  bool is_even = true;
  for (double last = rate, next = draws.next(); next < last; last = next, next = draws.next())
    is_even = !is_even;
  return is_even;
}

bool survives(Sequence& draws, double rate, int times) {
  for (int i = 0; i < times; ++i)
    if (!survives(draws, rate)) return false;
  return true;
}

}  // namespace

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key) {
  for (int round = 0; round < kPhiloxRounds; ++round) {
    const std::uint64_t first = std::uint64_t{kPhiloxFactors[0]} * counter[0];
    const std::uint64_t second = std::uint64_t{kPhiloxFactors[1]} * counter[2];
    counter = {high(second) ^ counter[1] ^ key[0], low(second), high(first) ^ counter[3] ^ key[1],
               low(first)};
    key[0] += kPhiloxSteps[0];
    key[1] += kPhiloxSteps[1];
  }
  return counter;
}

Key split(Key key, std::uint64_t index) { return {key.seed, draw(key, index, kSplitDomain)}; }

Key split(Key key, std::string_view purpose) {
  return {key.seed, draw(key, name_hash(purpose), kPurposeDomain)};
}

std::uint64_t random_bits(Key key, std::uint64_t index) { return draw(key, index, 0); }

double uniform(Key key, std::uint64_t index) {
  return static_cast<double>(random_bits(key, index) >> 11) * 0x1p-53;
}

// Rejection: draws of just enough bits until one lies below the bound.
std::uint64_t uniform_below(Key key, std::uint64_t index, std::uint64_t bound) {
  if (bound == 0) throw Error("uniform_below: the bound must be positive, got 0");
  if (bound == 1) return 0;
  const int unused_bits = std::countl_zero(bound - 1);
  std::uint64_t value = random_bits(key, index) >> unused_bits;
  if (value < bound) return value;
  const Key retries = {key.seed, draw(key, index, kRetryDomain)};
  for (std::uint64_t retry = 0; value >= bound; ++retry)
    value = random_bits(retries, retry) >> unused_bits;
  return value;
}

// Karney 2016, "Sampling exactly from the normal distribution", algorithm N: no logarithm whose
// last bit differs between machines.
double normal(Key key, std::uint64_t index) {
  Sequence draws({key.seed, draw(key, index, kRetryDomain)});
  for (;;) {
    int whole = 0;
    while (survives(draws, 0.5)) ++whole;
    if (!survives(draws, 0.5, whole * (whole - 1))) continue;
    const double part = draws.next();
    const double rate = part * (2 * whole + part) / (2 * whole + 2);
    if (!survives(draws, rate, whole + 1)) continue;
    return draws.next() < 0.5 ? -(whole + part) : whole + part;
  }
}

Permutation::Permutation(Key key, std::uint64_t size) : key_(key), size_(size), half_bits_(1) {
  if (size == 0) throw Error("a permutation needs at least one element, got 0");
  half_bits_ = static_cast<int>(std::bit_width(size - 1) + 1) / 2;
  if (half_bits_ == 0) half_bits_ = 1;
}

std::uint64_t Permutation::operator()(std::uint64_t index) const {
  if (index >= size_) throw Error("a permutation of ", size_, " elements has no element ", index);
  const std::uint64_t seed = key_.seed ^ kFeistelDomain;
  const std::uint64_t mask = (std::uint64_t{1} << half_bits_) - 1;
  do {
    std::uint64_t left = index >> half_bits_;
    std::uint64_t right = index & mask;
    for (std::uint32_t round = 0; round < kFeistelRounds; ++round) {
      const auto words =
          philox({low(right), round, low(key_.stream), high(key_.stream)}, {low(seed), high(seed)});
      left ^= words[0] & mask;
      std::swap(left, right);
    }
    index = left << half_bits_ | right;
  } while (index >= size_);
  return index;
}

}  // namespace citrine
