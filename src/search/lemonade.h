#pragma once
// LEMONADE, Elsken, Metzen, Hutter 2019: multi-objective evolution with network morphisms, cheap
// objectives first.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "morph/morph.h"
#include "search/evaluator.h"
#include "search/members.h"

namespace citrine {

struct LemonadeSettings {
  int generations = 100;
  int children = 64;     // proposed a generation, n_pc
  int accepted = 16;     // trained a generation, n_ac
  int population = 100;  // cap of the population
  int max_operators = 3;
  std::vector<Operator> operators = {Operator::insert_convolution, Operator::widen,
                                     Operator::add_skip, Operator::remove_layer};
  std::vector<double> cheap_limits;  // most of each cheap objective, empty for no limit
};

struct GenerationRecord {
  int generation = 0;
  std::vector<std::uint64_t> evaluated, population, archive;  // ids, ascending
  double hypervolume = 0;  // of the archive, objectives scaled by the reference point
};

// Ask and tell. ask() gives the candidates of the next generation; tell() takes their results in
// the same order.
class Lemonade {
 public:
  using CheapObjectives = std::function<std::vector<double>(const Graph&)>;
  Lemonade(LemonadeSettings settings, CheapObjectives cheap, std::vector<Network> start, Key key);

  // All generations are told: settings.generations and before them that of the start networks.
  bool is_done() const;
  // The candidates of the next generation, the same until they are told; fewer than `accepted`,
  // even none, where the operators find no more networks. Generation 0 are the start networks.
  std::vector<Candidate> ask();
  // Results in the order asked. Throws Error, and changes nothing, unless each has an error rate in
  // [0, 1] and weights that fit.
  void tell(std::vector<Evaluated> results);

  const std::vector<Member>& population() const { return population_; }
  const std::vector<Member>& archive() const { return archive_; }  // all non-dominated so far
  const std::vector<GenerationRecord>& generations() const { return generations_; }
  // Point that hypervolumes are measured against: error rate 1, each cheap objective twice the
  // start networks' worst.
  const std::vector<double>& reference() const { return reference_; }

 private:
  struct Proposal;
  std::vector<Proposal> propose(Key key) const;
  std::optional<Proposal> propose_child(std::span<const double> log_weights, Key key) const;
  std::vector<Candidate> accept(const std::vector<Proposal>& proposals, Key key);
  Candidate candidate(const Proposal& proposal);
  bool is_allowed(const std::vector<double>& cheap) const;
  void add_start(Network network);
  void set_reference();
  void update_fronts(std::vector<Member> members);
  double scaled_hypervolume() const;

  LemonadeSettings settings_;
  CheapObjectives cheap_;
  Key key_;
  int generation_ = 0;
  std::uint64_t next_id_ = 0;
  bool is_asked_ = false;
  std::vector<Candidate> asked_;
  std::vector<Member> population_, archive_;
  std::vector<double> reference_;
  std::vector<GenerationRecord> generations_;
  std::map<std::string, std::uint64_t> seen_;  // canonical hash -> id
};

}  // namespace citrine
