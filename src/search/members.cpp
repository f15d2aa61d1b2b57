#include "search/members.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/error.h"
#include "search/population_cap.h"

namespace citrine {
namespace {

constexpr double kLeast = 1e-12;  // cheap objectives below it are as good as 0

void keep(std::vector<Member>& members, const std::vector<std::size_t>& indices) {
  std::vector<Member> kept;
  kept.reserve(indices.size());
  for (const auto i : indices) kept.push_back(std::move(members[i]));
  members = std::move(kept);
}

}  // namespace

void check_result(const Candidate& candidate, const Evaluated& result) {
  if (!(result.error_rate >= 0 && result.error_rate <= 1))
    throw Error("candidate ", candidate.id, ": its error rate must be in [0, 1], got ",
                result.error_rate);
  try {
    check_weights(candidate.network.graph, result.weights);
  } catch (const Error& error) {
    throw Error("candidate ", candidate.id, ": ", error.what());
  }
}

std::vector<Member> evaluated_members(std::vector<Candidate> candidates,
                                      std::vector<Evaluated> results) {
  std::vector<Member> members;
  members.reserve(candidates.size());
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    auto& candidate = candidates[i];
    candidate.network.weights = std::move(results[i].weights);
    std::vector<double> objectives = {results[i].error_rate};
    objectives.insert(objectives.end(), candidate.cheap.begin(), candidate.cheap.end());
    members.push_back({std::move(candidate), std::move(objectives)});
  }
  return members;
}

Points objectives_of(std::span<const Member> members) {
  Points points;
  points.reserve(members.size());
  for (const auto& member : members) points.push_back(member.objectives);
  return points;
}

Points cheap_of(std::span<const Member> members) {
  Points points;
  points.reserve(members.size());
  for (const auto& member : members) points.push_back(member.candidate.cheap);
  return points;
}

std::vector<std::uint64_t> ids_of(std::span<const Member> members) {
  std::vector<std::uint64_t> ids;
  ids.reserve(members.size());
  for (const auto& member : members) ids.push_back(member.candidate.id);
  std::ranges::sort(ids);
  return ids;
}

void keep_front(std::vector<Member>& members) {
  keep(members, pareto_front(objectives_of(members)));
}

void cap(std::vector<Member>& members, std::size_t count) {
  auto points = objectives_of(members);
  for (auto& point : points)
    for (std::size_t i = 1; i < point.size(); ++i) point[i] = std::log(std::max(point[i], kLeast));
  keep(members, most_contributing(points, count));
}

}  // namespace citrine
