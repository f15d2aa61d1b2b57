#pragma once
// Evaluated candidates, and which of them a search keeps.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "search/evaluator.h"
#include "search/pareto.h"

namespace citrine {

// An evaluated candidate: objectives are (error rate, cheap...).
struct Member {
  Candidate candidate;  // network with trained weights
  std::vector<double> objectives;
};

// Throws Error that names the candidate unless the result's error rate is in [0, 1] and its weights
// fit.
void check_result(const Candidate& candidate, const Evaluated& result);
// One result a candidate, in order.
std::vector<Member> evaluated_members(std::vector<Candidate> candidates,
                                      std::vector<Evaluated> results);

Points objectives_of(std::span<const Member> members);
Points cheap_of(std::span<const Member> members);
std::vector<std::uint64_t> ids_of(std::span<const Member> members);  // ascending

// Leaves those that no other dominates.
void keep_front(std::vector<Member>& members);
// Leaves at most `count`, by hypervolume over logarithms of the cheap objectives, as the density
// counts them too.
void cap(std::vector<Member>& members, std::size_t count);

}  // namespace citrine
