#include "search/lemonade.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "kernels/error.h"
#include "search/density.h"
#include "search/hypervolume.h"
#include "search/mutation.h"

namespace citrine {

// A child that has not been paid for yet: what it takes to make it again, and what it costs.
struct Lemonade::Proposal {
  std::size_t parent = 0;  // in the population
  Key key;
  std::string hash = {};
  std::vector<double> cheap = {};
};

namespace {

constexpr std::uint64_t kAttempts = 8;  // for a child that is new and allowed

void check_positive(const char* what, int value) {
  if (value < 1) throw Error(what, " must be at least 1, got ", value);
}

void check(const LemonadeSettings& settings) {
  if (settings.generations < 0)
    throw Error("generations must be at least 0, got ", settings.generations);
  check_positive("children a generation", settings.children);
  check_positive("children accepted a generation", settings.accepted);
  check_positive("the population's cap", settings.population);
  check_positive("operators a child", settings.max_operators);
  if (settings.operators.empty()) throw Error("a search needs at least one operator, got none");
  for (const double limit : settings.cheap_limits)
    if (!(limit >= 0)) throw Error("limits of cheap objectives must be at least 0, got ", limit);
}

// Logarithms of 1 / density: what draws are in proportion to.
std::vector<double> emptiness(const Density& density, const Points& cheap) {
  std::vector<double> log_weights;
  for (const auto& point : cheap) log_weights.push_back(-density.log_density(point));
  return log_weights;
}

}  // namespace

Lemonade::Lemonade(LemonadeSettings settings, CheapObjectives cheap, std::vector<Network> start,
                   Key key)
    : settings_(std::move(settings)), cheap_(std::move(cheap)), key_(key) {
  check(settings_);
  if (start.empty()) throw Error("a search needs at least one start network, got none");
  for (auto& network : start) add_start(std::move(network));
  is_asked_ = true;
  set_reference();
}

void Lemonade::add_start(Network network) {
  const auto id = next_id_++;
  check_weights(network.graph, network.weights);
  auto cheap = cheap_(network.graph);
  const auto limits = settings_.cheap_limits.size();
  if (limits != 0 && limits != cheap.size())
    throw Error("there must be a limit for each of the ", cheap.size(), " cheap objectives, got ",
                limits);
  if (!is_allowed(cheap))
    throw Error("start network ", id, " must have finite cheap objectives of at least 0, within ",
                "the limits");
  const auto [same, is_new] = seen_.emplace(canonical_hash(network.graph), id);
  if (!is_new) throw Error("start networks must differ, ", same->second, " and ", id, " do not");
  asked_.push_back({.id = id, .network = std::move(network), .cheap = std::move(cheap)});
}

void Lemonade::set_reference() {
  reference_ = {1};
  for (std::size_t i = 0; i < asked_.front().cheap.size(); ++i) {
    double worst = 0;
    for (const auto& candidate : asked_) worst = std::max(worst, candidate.cheap[i]);
    reference_.push_back(worst > 0 ? 2 * worst : 1);
  }
}

bool Lemonade::is_done() const { return generation_ > settings_.generations; }

bool Lemonade::is_allowed(const std::vector<double>& cheap) const {
  const auto& limits = settings_.cheap_limits;
  for (std::size_t i = 0; i < limits.size(); ++i)
    if (cheap[i] > limits[i]) return false;
  return std::ranges::all_of(cheap,
                             [](double value) { return std::isfinite(value) && value >= 0; });
}

std::vector<Candidate> Lemonade::ask() {
  if (is_done()) throw Error("the search is done after ", settings_.generations, " generations");
  if (is_asked_) return asked_;
  const auto key = split(split(key_, "generation"), static_cast<std::uint64_t>(generation_));
  asked_ = accept(propose(split(key, "children")), split(key, "accept"));
  is_asked_ = true;
  return asked_;
}

std::vector<Lemonade::Proposal> Lemonade::propose(Key key) const {
  const auto cheap = cheap_of(population_);
  const auto log_weights = emptiness(Density(cheap), cheap);
  std::vector<Proposal> proposals;
  std::map<std::string, std::uint64_t> proposed;
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(settings_.children); ++i) {
    for (std::uint64_t attempt = 0; attempt < kAttempts; ++attempt) {
      auto proposal = propose_child(log_weights, split(split(key, i), attempt));
      if (!proposal || !proposed.emplace(proposal->hash, i).second) continue;
      proposals.push_back(std::move(*proposal));
      break;
    }
  }
  return proposals;
}

std::optional<Lemonade::Proposal> Lemonade::propose_child(std::span<const double> log_weights,
                                                          Key key) const {
  Proposal proposal = {.parent = weighted_draw(log_weights, 1, split(key, "parent")).front(),
                       .key = split(key, "mutate")};
  const auto child = mutate(population_[proposal.parent].candidate.network, settings_.operators,
                            settings_.max_operators, proposal.key);
  if (!child) return std::nullopt;
  proposal.hash = canonical_hash(child->network.graph);
  if (seen_.contains(proposal.hash)) return std::nullopt;
  try {
    proposal.cheap = cheap_(child->network.graph);
  } catch (const Error&) {  // the accelerator cannot run it
    return std::nullopt;
  }
  if (!is_allowed(proposal.cheap)) return std::nullopt;
  return proposal;
}

std::vector<Candidate> Lemonade::accept(const std::vector<Proposal>& proposals, Key key) {
  Points cheap;
  cheap.reserve(proposals.size());
  for (const auto& proposal : proposals) cheap.push_back(proposal.cheap);
  const auto log_weights = emptiness(Density(cheap_of(population_)), cheap);
  auto accepted = weighted_draw(log_weights, static_cast<std::size_t>(settings_.accepted), key);
  std::ranges::sort(accepted);
  std::vector<Candidate> candidates;
  candidates.reserve(accepted.size());
  for (const auto i : accepted) candidates.push_back(candidate(proposals[i]));
  return candidates;
}

// Children are made again when accepted: to keep the weights of all of them would take memory.
Candidate Lemonade::candidate(const Proposal& proposal) {
  const auto& parent = population_[proposal.parent].candidate;
  auto child = *mutate(parent.network, settings_.operators, settings_.max_operators, proposal.key);
  const auto id = next_id_++;
  seen_.emplace(proposal.hash, id);
  return {.id = id,
          .parent = static_cast<std::int64_t>(parent.id),
          .generation = generation_,
          .network = std::move(child.network),
          .operators = std::move(child.operators),
          .is_approximate = child.is_approximate,
          .touched = std::move(child.touched),
          .cheap = proposal.cheap};
}

void Lemonade::tell(std::vector<Evaluated> results) {
  if (!is_asked_) throw Error("a search must be asked before it is told");
  if (results.size() != asked_.size())
    throw Error("a search that asked for ", asked_.size(), " results must be told as many, got ",
                results.size());
  for (std::size_t i = 0; i < results.size(); ++i) check_result(asked_[i], results[i]);
  GenerationRecord record;
  record.generation = generation_;
  for (const auto& candidate : asked_) record.evaluated.push_back(candidate.id);
  update_fronts(evaluated_members(std::exchange(asked_, {}), std::move(results)));
  record.population = ids_of(population_);
  record.archive = ids_of(archive_);
  record.hypervolume = scaled_hypervolume();
  generations_.push_back(std::move(record));
  is_asked_ = false;
  ++generation_;
}

void Lemonade::update_fronts(std::vector<Member> members) {
  population_.insert(population_.end(), members.begin(), members.end());
  std::ranges::move(members, std::back_inserter(archive_));
  keep_front(archive_);
  keep_front(population_);
  cap(population_, static_cast<std::size_t>(settings_.population));
}

double Lemonade::scaled_hypervolume() const {
  auto points = objectives_of(archive_);
  for (auto& point : points)
    for (std::size_t i = 0; i < point.size(); ++i) point[i] /= reference_[i];
  return hypervolume(points, std::vector<double>(reference_.size(), 1));
}

}  // namespace citrine
