#pragma once
// How the trials of a campaign are drawn, and what they stand for.
#include <cstdint>
#include <string>
#include <string_view>

#include "faultsim/fault.h"
#include "faultsim/statistics.h"

namespace citrine {

// What is equally likely: every bit of the site on every image, every MAC (in memories: every
// stored word), every layer. Stratified: as bits, but drawn more often where a pilot's outcomes
// differ more, and weighted back. A list is given, and no sample of anything.
enum class Sampling : std::uint8_t { bits, macs, layers, stratified, list };
inline constexpr int kSamplings = 5;
std::string_view name_of(Sampling sampling);
Sampling sampling(std::string_view name);  // Error that names the nearest valid one
// Whether trials of both estimate the same share, but for those of a list, which estimate none.
bool is_same_share(Sampling first, Sampling second);

// Strata of the stratified sampling.
enum class Stratification : std::uint8_t { layer, layer_bit };
Stratification stratification(std::string_view name);  // "layer", "layer-bit"

// Population of what is drawn with replacement: more than any number of trials.
inline constexpr std::uint64_t kEndlessPopulation = std::uint64_t{1} << 62;

// Part of a site in which all pairs (fault, image) are equally likely.
struct Stratum {
  static constexpr std::uint32_t kAll = 0xffffffff;

  Site site = Site::accumulator;
  std::uint32_t layer = kAll, bit = kAll;
  std::uint64_t population = 0;  // (fault, image) pairs; 0 for a list, which is drawn from none
  double weight = 1;             // in the site's estimate; those of a site add up to 1
  bool operator==(const Stratum&) const = default;
};

// Ends the trials of a site.
struct StopRule {
  std::uint64_t failures = 0;  // so many SDC; 0: not by failures
  double width = 0;            // of the confidence sequence of the SDC share; 0: not by width
  bool is_timed = false;       // by a clock that the campaign does not see
  bool is_looking() const { return failures > 0 || width > 0; }  // at outcomes
  bool is_set() const { return is_looking() || is_timed; }
  bool is_met(const SampleCounts& sdc) const;
};

// What a share and its interval are, in one sentence for the reader of a result.
std::string describe(Sampling sampling, bool is_sequential, bool is_permanent = false,
                     std::uint32_t faults_per_trial = 1);
inline constexpr char kImageEstimator[] =
    "for images like these the sampling unit is an image, its trials are a cluster, and the "
    "interval is Korn and Graubard's with Satterthwaite's degrees of freedom, 95 %, after the last "
    "trial";

}  // namespace citrine
