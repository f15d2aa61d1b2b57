// Prints the coverage of the intervals by simulation, as the table in docs/method.md.
#include "../faultsim/coverage.h"

#include <cstdio>
#include <cstdlib>

#include "faultsim/confidence_sequence.h"

namespace citrine::testing {
namespace {

constexpr double kShares[] = {1e-4, 1e-3, 1e-2, 0.1, 0.5};

Interval wilson_alone(const SampleCounts& counts, double confidence) {
  return wilson(counts.hits, counts.trials, confidence);
}

template <class Measure>
void print_line(const char* name, const Measure& measure) {
  std::printf("| %s |", name);
  for (const double share : kShares) {
    const auto [covered, width, trials] = measure(share);
    std::printf(" %.1f (%.2g; %.0f) |", 100 * covered, width, trials);
    std::fflush(stdout);
  }
  std::printf("\n");
}

void print_table(std::uint64_t runs) {
  const auto with = [&](double share, std::uint64_t trials, std::uint64_t population) {
    return Simulation{.share = share, .trials = trials, .population = population, .runs = runs};
  };
  constexpr auto kMany = std::uint64_t{1} << 60;
  print_line("Wilson, 10 000 trials",
             [&](double p) { return fixed_coverage(wilson_alone, with(p, 10'000, kMany)); });
  print_line("share interval, 10 000 trials",
             [&](double p) { return fixed_coverage(share_interval, with(p, 10'000, kMany)); });
  print_line("Wilson, 10 000 of 20 000",
             [&](double p) { return fixed_coverage(wilson_alone, with(p, 10'000, 20'000)); });
  print_line("share interval, 10 000 of 20 000",
             [&](double p) { return fixed_coverage(share_interval, with(p, 10'000, 20'000)); });
  print_line("Wilson, looked at 390 times",
             [&](double p) { return peeking_coverage(wilson_alone, with(p, 100'000, kMany)); });
  print_line("confidence sequence, looked at 390 times", [&](double p) {
    return peeking_coverage(confidence_sequence, with(p, 100'000, kMany));
  });
  print_line("confidence sequence, 10 000 of 20 000, looked at 39 times", [&](double p) {
    return peeking_coverage(confidence_sequence, with(p, 10'000, 20'000));
  });
  print_line("Wilson, stopped at width 1 %", [&](double p) {
    return stopping_coverage(wilson_alone, 0.01, with(p, 200'000, kMany));
  });
  print_line("confidence sequence, stopped at width 1 %", [&](double p) {
    return stopping_coverage(confidence_sequence, 0.01, with(p, 200'000, kMany));
  });
  print_line("20 strata, pilot, Neyman, 10 000 trials",
             [&](double p) { return stratified_coverage(with(p / 5, 10'000, kMany)); });
  print_line("as independent, 64 clusters, correlation 0.01", [&](double p) {
    return cluster_coverage({.rule = ClusterRule::ignored}, with(p, 10'000, kMany));
  });
  print_line("cluster interval, 64 clusters, correlation 0.01",
             [&](double p) { return cluster_coverage({}, with(p, 10'000, kMany)); });
}

// Each fault meets all images.
void print_permanent(std::uint64_t runs) {
  constexpr std::uint64_t kImages = 100;
  for (const std::uint64_t faults : {30, 100, 1000})
    for (const double correlation : {0.01, 0.1, 0.5, 0.9}) {
      char name[80];
      std::snprintf(name, sizeof name, "%llu permanent faults, correlation %g",
                    static_cast<unsigned long long>(faults), correlation);
      print_line(name, [&](double p) {
        return cluster_coverage(
            {.clusters = faults, .correlation = correlation, .rule = ClusterRule::permanent},
            {.share = p, .trials = faults * kImages, .runs = runs});
      });
    }
}

}  // namespace
}  // namespace citrine::testing

// usage: coverage [RUNS [permanent]]
int main(int count, char** words) {
  using namespace citrine::testing;
  const auto runs = count > 1 ? std::strtoull(words[1], nullptr, 10) : 10'000;
  if (count < 3) print_table(runs);
  print_permanent(runs);
}
