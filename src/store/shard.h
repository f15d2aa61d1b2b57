#pragma once
// A part of a campaign, for one of several processes.
#include <cstdint>
#include <string>
#include <string_view>

namespace citrine {

struct Shard {
  std::uint64_t index = 0, count = 1;

  bool is_whole() const { return count == 1; }
  // Trials of a site and images are cut: a shard holds items [begin, end) of them.
  std::uint64_t begin(std::uint64_t items) const { return items * index / count; }
  std::uint64_t end(std::uint64_t items) const { return items * (index + 1) / count; }
  bool operator==(const Shard&) const = default;
};
inline constexpr std::uint64_t kMostShards = 1'000'000;

// "2/3" for the second of three. Throws Error unless the text is one.
std::string name_of(Shard shard);
Shard shard(std::string_view name);

}  // namespace citrine
