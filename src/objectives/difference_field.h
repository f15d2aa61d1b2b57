#pragma once
// What becomes of a changed stored value on its way through a network of random weights whose
// stored values are rounded: the expected difference to the fault-free run; ours, docs/method.md.
#include <vector>

#include "graph/graph.h"
#include "objectives/difference_rules.h"

namespace citrine {

// Of a map. The values that differ lie in a box and are expected to be `count`; `power` is the sum
// of the squared differences.
struct Difference {
  double height = 0, width = 0, channels = 0;
  double count = 0, power = 0;
};

// Of differences ~ N(0, deviation^2) between values that are then rounded to integers, wherever
// these lie: the share that is left, and the mean square of all.
struct Rounded {
  double share = 0, power = 0;
};
Rounded rounded(double deviation);

// Of two rectified Gaussians of variance 1 that differ by so much in mean square, up to 2: the mean
// square of what is left of it (Cho and Saul 2009, arc-cosine kernel of degree 1).
double rectified_square(double square);

class DifferenceField {
 public:
  explicit DifferenceField(const Graph& graph);  // keeps the reference
  // Change of an output, in standard deviations of the outputs, after a value of stored node `node`
  // has changed by so many steps.
  double output_change(int node, double steps);

 private:
  Difference joined(int node) const;
  double relative_change(const Difference& difference) const;

  const Graph& graph_;
  std::vector<DifferenceRule> rules_;  // by node
  int end_;                            // the node whose relative difference is the outputs'
  double end_power_;                   // sum of the variances of its value
  std::vector<Difference> values_;     // by node
};

}  // namespace citrine
