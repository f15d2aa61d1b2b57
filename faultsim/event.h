#pragma once
// What trials are counted by.
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "faultsim/fault.h"

namespace citrine {

// How trials end, all that are masked, or a failure that they are besides.
class Event {
 public:
  constexpr Event(OutcomeKind kind) : index_(static_cast<std::size_t>(kind)) {}
  constexpr Event(Failure failure)
      : index_(kOutcomeKinds + 1 + static_cast<std::size_t>(failure)) {}
  static constexpr Event masked() { return Event(std::size_t{kOutcomeKinds}); }

  constexpr std::size_t index() const { return index_; }
  constexpr bool is_of(const Outcome& outcome) const;
  bool operator==(const Event&) const = default;

 private:
  constexpr explicit Event(std::size_t index) : index_(index) {}

  std::size_t index_;
};
inline constexpr std::array kEvents = {Event(OutcomeKind::masked_at_site),
                                       Event(OutcomeKind::masked_in_layer),
                                       Event(OutcomeKind::masked_later),
                                       Event(OutcomeKind::benign),
                                       Event(OutcomeKind::sdc),
                                       Event::masked(),
                                       Event(Failure::sdc5),
                                       Event(Failure::drop10),
                                       Event(Failure::drop20)};
static_assert(kEvents.size() == kOutcomeKinds + 1 + kFailures);
static_assert([] {
  for (std::size_t i = 0; i < kEvents.size(); ++i)
    if (kEvents[i].index() != i) return false;
  return true;
}());
std::string_view name_of(Event event);

constexpr bool Event::is_of(const Outcome& outcome) const {
  if (*this == masked()) return outcome.kind <= OutcomeKind::masked_later;
  if (index_ < masked().index()) return *this == outcome.kind;
  return outcome.*kFailureFields[index_ - masked().index() - 1] != 0;
}

// A value for each event.
template <class T>
struct ByEvent {
  constexpr T& operator[](Event event) { return values[event.index()]; }
  constexpr const T& operator[](Event event) const { return values[event.index()]; }
  bool operator==(const ByEvent&) const = default;

  std::array<T, kEvents.size()> values{};  // in the order of kEvents
};
using EventCounts = ByEvent<std::uint64_t>;

// Adds a trial of some weight to its events.
template <class T>
constexpr void add(ByEvent<T>& counts, const Outcome& outcome, T weight = 1) {
  for (const Event event : kEvents) counts[event] += event.is_of(outcome) ? weight : 0;
}

template <class T>
constexpr ByEvent<T>& operator+=(ByEvent<T>& sum, const ByEvent<T>& more) {
  for (const Event event : kEvents) sum[event] += more[event];
  return sum;
}

// Of outcomes of all kinds. Whoever fills counts keeps `masked` the sum of its parts.
constexpr std::uint64_t trials_of(const EventCounts& counts) {
  return counts[Event::masked()] + counts[OutcomeKind::benign] + counts[OutcomeKind::sdc];
}

}  // namespace citrine
