#pragma once
// How often intervals of curves and of differences between networks hold the truth, by simulation.
#include "coverage.h"

namespace citrine::testing {

// The second network fails half again as often as the first, whose share is the simulation's.
struct PairModel {
  double overlap = 0.6;   // share of the first's failures that are the second's too
  bool is_paired = true;  // by row; else the interval takes the trials for independent
};
Coverage pair_coverage(const PairModel& model, const Simulation& simulation);
// The first network's trials are looked at after each step and end when its confidence sequence is
// as narrow as `width`; the second's are spread evenly over strata of weights 0.9 and 0.1, of which
// the second has half of the failures.
Coverage stopped_coverage(double width, const Simulation& simulation);

// The same on images whose shares follow a beta distribution with correlation 0.01.
struct ImageModel {
  std::uint64_t images = 64;
  bool is_shared = true;  // an image is as hard for both, or drawn anew for the second
  bool is_ignored = false;
};
Coverage image_coverage(const ImageModel& model, const Simulation& simulation);

// Error from 8 % to 90 %, at 13 rates from 1e-6 to 1e-2. A fault reaches images each by itself, as
// in activation memory, or all of them with a strength of the log-normal distribution (-3, 2), as
// in weight memory.
struct CurveModel {
  int seeds = 10;
  bool is_heavy = false;
  double rise = 0.05;
};
Coverage band_coverage(const CurveModel& model, double rate, std::uint64_t runs);
// Widths in powers of ten.
Coverage rise_coverage(const CurveModel& model, std::uint64_t runs);
// Of the ratio to a network that bears three times the rate, under the same random numbers.
Coverage ratio_coverage(const CurveModel& model, std::uint64_t runs);

}  // namespace citrine::testing
