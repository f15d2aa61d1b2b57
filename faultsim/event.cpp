#include "faultsim/event.h"

namespace citrine {

std::string_view name_of(Event event) {
  if (event == Event::masked()) return "masked";
  const auto index = event.index();
  return index < kOutcomeKinds ? name_of(static_cast<OutcomeKind>(index))
                               : name_of(static_cast<Failure>(index - kOutcomeKinds - 1));
}

}  // namespace citrine
