#pragma once
// A campaign's trials added up by layer, bit, output channel, class and element of the array.
#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/outcome_counts.h"
#include "faultsim/statistics.h"

namespace citrine {

enum class Grouping : std::uint8_t {
  layer,
  bit,            // of a layer; the lowest faulty one
  channel,        // of a layer, faultsim/fault_channel.h
  golden_class,   // fault-free top class of the image
  label,          // of the image
  array_element,  // row * columns + column
};
inline constexpr int kGroupings = 6;
std::string_view name_of(Grouping grouping);
bool has_layers(Grouping grouping);  // tells layers apart

// Trials that are an event.
struct EventSummary {
  std::uint64_t trials = 0;
  double share = 0;               // as the sampling weighs trials
  Interval interval = {};         // 95 %, for the images used
  Interval images_interval = {};  // 95 %, for images like these
  bool operator==(const EventSummary&) const = default;
};

// Trials added up.
struct OutcomeSummary {
  ByEvent<EventSummary> events = {};

  EventCounts counts() const;
  std::uint64_t trials() const { return trials_of(counts()); }
  EventSummary& operator[](Event event) { return events[event]; }
  const EventSummary& operator[](Event event) const { return events[event]; }
  bool operator==(const OutcomeSummary&) const = default;
};
// Throws Error for a row in none of the strata.
OutcomeSummary summarize_rows(std::span<const Row> rows, std::span<const Stratum> strata,
                              const CampaignResult& result);

struct OutcomeGroup {
  Site site = Site::accumulator;
  std::uint32_t layer = 0;  // 0 for classes, labels and the array
  std::uint32_t index = 0;  // bit, channel, class, label or element; 0 for layers
  OutcomeSummary sum = {};
  bool operator==(const OutcomeGroup&) const = default;
};
using OutcomeGroups = std::array<std::vector<OutcomeGroup>, kGroupings>;

// Those with trials, by site in the order of the rows, layer, index. Strata are those that can hold
// a group's faults, whole: their sizes, which shorten intervals, are at most too large. Throw Error
// for rows that fit neither strata, labels nor channels.
std::vector<OutcomeGroup> outcome_groups(const CampaignResult& result, Grouping grouping);
OutcomeGroups outcome_groups(const CampaignResult& result);

}  // namespace citrine
