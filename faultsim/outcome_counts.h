#pragma once
// Outcomes of trials added up, and the shares that they stand for.
#include <cstdint>
#include <map>
#include <span>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/clusters.h"
#include "faultsim/event.h"
#include "faultsim/statistics.h"

namespace citrine {

// Trials of one stratum.
struct StratumOutcomes {
  double weight = 1;                              // relative to the other strata
  std::uint64_t population = kEndlessPopulation;  // pairs; as good as endless if not known
  EventCounts of = {};
  std::uint64_t trials() const { return trials_of(of); }
};

// Trials of a site, or of a layer of it.
struct OutcomeCounts {
  std::vector<StratumOutcomes> strata;
  bool is_sequential = false;  // a stop rule looked at them
  // Of each permanent fault, whose trials are a cluster; else empty.
  std::vector<EventCounts> faults = {};

  std::uint64_t trials() const;
  std::uint64_t operator[](Event event) const;                                   // trials
  double share(Event event) const;                                               // weighted
  bool is_sample() const { return strata.empty() || strata[0].population > 0; }  // no list
  // As describe() says, kNoInterval for a list. A stratum without trials may have any share, and so
  // may one fault.
  Interval interval(Event event, double confidence = kConfidence) const;
};

// Throws Error for a row in none of the strata.
OutcomeCounts count_outcomes(std::span<const Row> rows, std::span<const Stratum> strata,
                             bool is_sequential = false, bool is_permanent = false);
// Trials of an image; a stratum's add up to its weight, those of all images to their number.
struct ImageTrials {
  double all = 0;
  ByEvent<double> of = {};
  Cluster cluster(Event event) const { return {of[event], all}; }
};
using TrialsByImage = std::map<std::uint32_t, ImageTrials>;
TrialsByImage trials_by_image(std::span<const Row> rows, std::span<const Stratum> strata,
                              const OutcomeCounts& counts);
// Of the share for images like these: the image is the sampling unit, and its trials are a cluster.
// Never narrower than `these`, counts.interval(event), for the images used; the errors of permanent
// faults, each of which meets every image, and of images add up in squares.
Interval image_interval(const TrialsByImage& images, const OutcomeCounts& counts, Event event,
                        const Interval& these);

}  // namespace citrine
