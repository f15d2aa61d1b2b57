#include "search/mutation.h"

#include <algorithm>
#include <utility>

namespace citrine {
namespace {

constexpr std::uint64_t kTries = 4;

struct Step {
  Operator op;
  Morphed morphed;
};

std::optional<Step> step(const Network& network, std::span<const Operator> operators, Key key) {
  for (std::uint64_t i = 0; i < kTries; ++i) {
    const auto op = operators[uniform_below(key, i, operators.size())];
    if (auto morphed = apply_if_possible(op, network, split(key, i)))
      return Step{op, std::move(*morphed)};
  }
  return std::nullopt;
}

void keep_those_in(const Graph& graph, std::vector<std::string>& names) {
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  std::erase_if(names, [&](const auto& name) { return graph.find(name) < 0; });
}

}  // namespace

std::optional<Mutation> mutate(const Network& parent, std::span<const Operator> operators,
                               int max_operators, Key key) {
  const auto count = 1 + uniform_below(key, 0, static_cast<std::uint64_t>(max_operators));
  std::optional<Mutation> result;
  for (std::uint64_t i = 0; i < count; ++i) {
    auto next = step(result ? result->network : parent, operators, split(key, i));
    if (!next) continue;
    if (!result) result = Mutation{parent, {}, false, {}};
    result->network = std::move(next->morphed.network);
    result->operators.push_back(std::move(next->morphed.description));
    result->is_approximate = result->is_approximate || !is_exact(next->op);
    std::ranges::move(next->morphed.touched, std::back_inserter(result->touched));
  }
  if (result) keep_those_in(result->network.graph, result->touched);
  return result;
}

}  // namespace citrine
