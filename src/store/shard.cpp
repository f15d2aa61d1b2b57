#include "store/shard.h"

#include <charconv>

#include "kernels/error.h"

namespace citrine {
namespace {

// 0 unless all of `text` is a number.
std::uint64_t number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : 0;
}

}  // namespace

std::string name_of(Shard shard) {
  return std::to_string(shard.index + 1) + "/" + std::to_string(shard.count);
}

Shard shard(std::string_view name) {
  const auto slash = name.find('/');
  const bool has_two = slash != std::string_view::npos;
  const auto place = has_two ? number(name.substr(0, slash)) : 0;
  const auto count = has_two ? number(name.substr(slash + 1)) : 0;
  if (place < 1 || place > count || count > kMostShards)
    throw Error("a shard must be I/N, from 1/N to N/N with at most ", kMostShards, " shards, got '",
                name, "'");
  return {.index = place - 1, .count = count};
}

}  // namespace citrine
