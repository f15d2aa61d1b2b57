#pragma once
// How each operation of a network of random weights passes on differences to a fault-free run.
#include <vector>

#include "graph/graph.h"

namespace citrine {

// Applied to the sum of what the node's inputs differ by.
struct DifferenceRule {
  double reach = 0, stride = 1;  // a changed row changes (1 + reach) / stride rows
  double height = 1, width = 1;  // of the node's map
  double groups = 0;             // of a dot product; 0: channels stay as they are
  double group_channels = 1;     // that a group of a dot product has behind it
  double readers = 1;            // values that differ behind one that differs
  double gain = 1;               // of the sum of squares
  double rectified = 0;          // variance of what a ReLU reads; 0: it is none
  bool has_overlap = false;      // several differences can meet in one value
  bool joins_channels = false;
  bool is_rounded = false;
  double step = 0;  // between two integers of the node's value
};

// By node. Values have variance 1 behind dot products; a stored one's step is 1/32 of its root mean
// square: codes of 8 bits reach 8 times as far.
std::vector<DifferenceRule> difference_rules(const Graph& graph);

}  // namespace citrine
