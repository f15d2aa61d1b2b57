#pragma once
// Randomness as a function: a draw depends on (key, index) alone, never on what was drawn before.
// Philox 4x32-10, Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3".
#include <array>
#include <cstdint>
#include <string_view>

namespace citrine {

struct Key {
  std::uint64_t seed = 0;
  std::uint64_t stream = 0;
  bool operator==(const Key&) const = default;
};

// What its rounds are made of, for kernels that compute many at once.
inline constexpr int kPhiloxRounds = 10;
inline constexpr std::array<std::uint32_t, 2> kPhiloxFactors = {0xD2511F53, 0xCD9E8D57};
// By which the key rises from round to round.
inline constexpr std::array<std::uint32_t, 2> kPhiloxSteps = {0x9E3779B9, 0xBB67AE85};

std::array<std::uint32_t, 4> philox(std::array<std::uint32_t, 4> counter,
                                    std::array<std::uint32_t, 2> key);

// An independent key for part `index` of what `key` stands for (a candidate, an epoch, an image).
Key split(Key key, std::uint64_t index);
// The same, for a purpose with a name ("augment", "mutate").
Key split(Key key, std::string_view purpose);

std::uint64_t random_bits(Key key, std::uint64_t index);
// Uniform in [0, 1), 53 bits.
double uniform(Key key, std::uint64_t index);
// Uniform in [0, bound), without bias; bound > 0.
std::uint64_t uniform_below(Key key, std::uint64_t index, std::uint64_t bound);
// Standard normal.
double normal(Key key, std::uint64_t index);

// A keyed permutation of [0, size): element i is found without the others (Feistel network with
// cycle walking).
class Permutation {
 public:
  Permutation(Key key, std::uint64_t size);
  std::uint64_t operator()(std::uint64_t index) const;
  std::uint64_t size() const { return size_; }

 private:
  Key key_;
  std::uint64_t size_;
  int half_bits_;
};

}  // namespace citrine
