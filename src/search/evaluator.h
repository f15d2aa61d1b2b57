#pragma once
// What a search sees of training: candidates in, error rates and inherited weights out.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "graph/weights.h"
#include "kernels/random.h"

namespace citrine {

struct Candidate {
  std::uint64_t id = 0;                     // 0, 1, 2, ... in order of creation
  std::int64_t parent = -1;                 // -1 for a start network
  int generation = 0;                       // 0 for start networks
  Network network;                          // with the weights that it starts from
  std::vector<std::string> operators = {};  // descriptions of the morphisms that made it
  bool is_approximate = false;
  std::vector<std::string> touched = {};  // nodes with new or reshaped weights
  std::vector<double> cheap = {};         // cheap objectives, in the order of the search's names
};

struct Evaluated {
  double error_rate = 1;  // on the validation split
  Weights weights;        // after training; children start from these
};

class Evaluator {
 public:
  virtual ~Evaluator() = default;
  // One result a candidate, in order. The result for a candidate depends on it and split(key,
  // candidate.id) alone.
  virtual std::vector<Evaluated> evaluate(std::span<const Candidate> batch, Key key) = 0;
};

}  // namespace citrine
