#include "coverage.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <boost/math/special_functions/beta.hpp>
#include <tbb/parallel_for.h>

#include "binomial.h"
#include "faultsim/clusters.h"
#include "faultsim/outcome_counts.h"
#include "faultsim/stratification.h"
#include "kernels/random.h"

namespace citrine::testing {

Coverage mean_of(std::uint64_t runs, const std::function<Run(Key)>& simulate) {
  std::vector<Run> results(runs);
  tbb::parallel_for(std::uint64_t{0}, runs, [&](std::uint64_t run) {
    results[run] = simulate(split(Key{.seed = 11, .stream = 0}, run));
  });
  Coverage mean;
  const auto count = static_cast<double>(runs);
  for (const auto& run : results) {
    mean.covered += run.is_covered ? 1 / count : 0;
    mean.width += run.width / count;
    mean.trials += run.trials / count;
  }
  return mean;
}

bool holds(const Interval& interval, double truth) {
  constexpr double kRounding = 1e-12;
  return interval.low <= truth + kRounding && truth - kRounding <= interval.high;
}

namespace {

// Draws of one population, in order; with replacement where it is as good as infinite.
class Stream {
 public:
  Stream(Key key, double share, std::uint64_t population)
      : key_(key),
        share_(share),
        population_(population),
        bad_(static_cast<std::uint64_t>(std::llround(share * static_cast<double>(population)))) {}

  // The truth that the population has.
  double share() const { return static_cast<double>(bad_) / static_cast<double>(population_); }
  std::uint64_t next(std::uint64_t trials) {
    if (population_ > std::uint64_t{1} << 40) return binomial(trials, share_, split(key_, ++at_));
    std::uint64_t hits = 0;
    for (std::uint64_t i = 0; i < trials; ++i, ++at_)
      hits += uniform_below(key_, at_, population_ - at_) < bad_ - hits - seen_ ? 1 : 0;
    seen_ += hits;
    return hits;
  }

 private:
  Key key_;
  double share_;
  std::uint64_t population_, bad_, at_ = 0, seen_ = 0;
};

// Looks after every step; `visit` returns false to stop.
void look(Key key, const Simulation& simulation, IntervalRule rule,
          const std::function<bool(const SampleCounts&, const Interval&, double)>& visit) {
  Stream stream(key, simulation.share, simulation.population);
  SampleCounts counts{0, 0, simulation.population};
  bool goes_on = true;
  while (goes_on && counts.trials < simulation.trials) {
    const auto step = std::min(simulation.step, simulation.trials - counts.trials);
    counts.hits += stream.next(step);
    counts.trials += step;
    goes_on = visit(counts, rule(counts, kConfidence), stream.share());
  }
}

}  // namespace

Coverage fixed_coverage(IntervalRule rule, const Simulation& simulation) {
  auto once = simulation;
  once.step = once.trials;
  return peeking_coverage(rule, once);
}

Coverage peeking_coverage(IntervalRule rule, const Simulation& simulation) {
  return mean_of(simulation.runs, [&](Key key) {
    Run run;
    look(key, simulation, rule, [&](const auto& counts, const auto& interval, double share) {
      run.width = interval.width();
      run.trials = static_cast<double>(counts.trials);
      run.is_covered = holds(interval, share);
      return run.is_covered;
    });
    return run;
  });
}

Coverage stopping_coverage(IntervalRule rule, double width, const Simulation& simulation) {
  return mean_of(simulation.runs, [&](Key key) {
    Run run;
    look(key, simulation, rule, [&](const auto& counts, const auto& interval, double share) {
      run = {holds(interval, share), interval.width(), static_cast<double>(counts.trials)};
      return interval.width() > width;
    });
    return run;
  });
}

Coverage stratified_coverage(const Simulation& simulation) {
  constexpr std::size_t kStrata = 20;
  std::vector<double> shares(kStrata);
  double sum = 0;
  for (std::size_t i = 0; i < kStrata; ++i)
    sum += shares[i] = std::pow(100, static_cast<double>(i) / (kStrata - 1));
  for (auto& share : shares) share *= simulation.share * kStrata / sum;
  return mean_of(simulation.runs, [&](Key key) {
    std::vector<StratumCounts> strata(
        kStrata, {1.0 / kStrata, {0, simulation.trials / 10 / kStrata, simulation.population}});
    for (std::size_t i = 0; i < kStrata; ++i)
      strata[i].sample.hits =
          binomial(strata[i].sample.trials, shares[i], split(split(key, "pilot"), i));
    const auto main = neyman_allocation(strata, simulation.trials - simulation.trials / 10);
    for (std::size_t i = 0; i < kStrata; ++i) {
      strata[i].sample.trials += main[i];
      strata[i].sample.hits += binomial(main[i], shares[i], split(split(key, "main"), i));
    }
    const auto interval = stratified_share(strata).interval;
    return Run{holds(interval, simulation.share), interval.width(),
               static_cast<double>(simulation.trials)};
  });
}

namespace {

Interval interval_of(const std::vector<Cluster>& clusters, ClusterRule rule) {
  if (rule == ClusterRule::clusters) return cluster_interval(clusters);
  OutcomeCounts counts;
  counts.strata.resize(1);
  auto& of = counts.strata[0].of;
  constexpr Event kBenign = OutcomeKind::benign, kSdc = OutcomeKind::sdc;
  for (const auto& [hits, trials] : clusters) {
    auto& fault = counts.faults.emplace_back();
    fault[kSdc] = static_cast<std::uint64_t>(hits);
    fault[kBenign] = static_cast<std::uint64_t>(trials - hits);
    of[kSdc] += fault[kSdc];
    of[kBenign] += fault[kBenign];
  }
  return rule == ClusterRule::permanent ? counts.interval(OutcomeKind::sdc)
                                        : wilson(of[kSdc], of[kSdc] + of[kBenign]);
}

}  // namespace

Coverage cluster_coverage(const ClusterModel& model, const Simulation& simulation) {
  const double size = 1 / model.correlation - 1;
  return mean_of(simulation.runs, [&](Key key) {
    std::vector<Cluster> clusters;
    const auto each = simulation.trials / model.clusters;
    for (std::uint64_t i = 0; i < model.clusters; ++i) {
      const double share = boost::math::ibeta_inv(simulation.share * size,
                                                  (1 - simulation.share) * size, uniform(key, i));
      clusters.push_back(
          {static_cast<double>(binomial(each, share, split(key, i))), static_cast<double>(each)});
    }
    const auto interval = interval_of(clusters, model.rule);
    return Run{holds(interval, simulation.share), interval.width(),
               static_cast<double>(each * model.clusters)};
  });
}

}  // namespace citrine::testing
