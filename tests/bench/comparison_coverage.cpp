// Prints the coverage of the intervals of differences and curves by simulation, as the tables in
// docs/method.md.
#include "../faultsim/comparison_coverage.h"

#include <cstdio>
#include <cstdlib>

namespace citrine::testing {
namespace {

void print_cell(const Coverage& coverage) {
  std::printf(" %.1f (%.3g) |", 100 * coverage.covered, coverage.width);
  std::fflush(stdout);
}

template <class Measure>
void print_shares(const char* name, const Measure& measure) {
  std::printf("| %s |", name);
  for (const double share : {1e-3, 1e-2, 0.1, 0.5}) print_cell(measure(share));
  std::printf("\n");
}

void print_differences(std::uint64_t runs) {
  const auto with = [&](double share) {
    return Simulation{.share = share, .trials = 10'000, .runs = runs};
  };
  print_shares("rows, paired", [&](double p) { return pair_coverage({}, with(p)); });
  print_shares("rows, as independent",
               [&](double p) { return pair_coverage({.is_paired = false}, with(p)); });
  print_shares("independent rows, paired",
               [&](double p) { return pair_coverage({.overlap = 1.5 * p}, with(p)); });
  print_shares("images as hard for both", [&](double p) { return image_coverage({}, with(p)); });
  print_shares("the same, as independent",
               [&](double p) { return image_coverage({.is_ignored = true}, with(p)); });
  print_shares("images unlike for both",
               [&](double p) { return image_coverage({.is_shared = false}, with(p)); });
}

void print_curves(std::uint64_t runs) {
  for (const bool is_heavy : {false, true})
    for (const int seeds : {5, 10, 20, 50}) {
      std::printf("| %s | %d |", is_heavy ? "all images at once" : "each image by itself", seeds);
      for (const double rate : {1e-5, 1e-4, 1e-3})
        print_cell(band_coverage({.seeds = seeds, .is_heavy = is_heavy}, rate, runs));
      for (const double rise : {0.01, 0.05, 0.1})
        print_cell(rise_coverage({seeds, is_heavy, rise}, runs));
      for (const double rise : {0.01, 0.05, 0.1})
        print_cell(ratio_coverage({seeds, is_heavy, rise}, runs / 4));
      std::printf("\n");
    }
}

}  // namespace
}  // namespace citrine::testing

// usage: comparison_coverage [RUNS]
int main(int count, char** words) {
  const auto runs = count > 1 ? std::strtoull(words[1], nullptr, 10) : 10'000;
  citrine::testing::print_differences(runs);
  citrine::testing::print_curves(runs);
}
