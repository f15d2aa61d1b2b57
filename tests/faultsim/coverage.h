#pragma once
// How often intervals hold the truth, by simulation; for tests and for the table in docs/method.md.
#include <cstdint>
#include <functional>

#include "faultsim/statistics.h"
#include "kernels/random.h"

namespace citrine::testing {

struct Coverage {
  double covered = 0;  // share of runs whose interval holds the truth
  double width = 0;    // mean
  double trials = 0;   // mean
};

// What one run of a simulation gives.
struct Run {
  bool is_covered = true;
  double width = 0, trials = 0;
};
// The same runs whatever the number of threads.
Coverage mean_of(std::uint64_t runs, const std::function<Run(Key)>& simulate);
bool holds(const Interval& interval, double truth);

using IntervalRule = Interval (*)(const SampleCounts&, double);

struct Simulation {
  double share = 0.5;  // true share of hits
  std::uint64_t trials = 1000;
  std::uint64_t population = std::uint64_t{1} << 60;
  std::uint64_t runs = 10'000;
  std::uint64_t step = 256;  // trials between two looks
};

// One look at the end; trials without replacement.
Coverage fixed_coverage(IntervalRule rule, const Simulation& simulation);
// A look after every `step` trials; a run is covered if all its intervals are.
Coverage peeking_coverage(IntervalRule rule, const Simulation& simulation);
// The interval at the first look at which it is at most `width` wide, or at the last.
Coverage stopping_coverage(IntervalRule rule, double width, const Simulation& simulation);
// 20 strata of equal weight whose shares rise by a constant factor to 100 times the first; a pilot
// of a tenth of the trials, the rest by Neyman's allocation.
Coverage stratified_coverage(const Simulation& simulation);
// The trials spread evenly over `clusters` whose shares follow a beta distribution with this
// correlation within a cluster; by cluster_interval, as if trials were independent, or as the
// permanent faults of a campaign.
enum class ClusterRule : std::uint8_t { clusters, ignored, permanent };
struct ClusterModel {
  std::uint64_t clusters = 64;
  double correlation = 0.01;
  ClusterRule rule = ClusterRule::clusters;
};
Coverage cluster_coverage(const ClusterModel& model, const Simulation& simulation);

}  // namespace citrine::testing
