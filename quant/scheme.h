#pragma once
// Which number formats a network's tensors get.
#include <string>
#include <string_view>

#include "quant/number_format.h"

namespace citrine {

struct Scheme {
  NumberFormat weights{"linear8"};
  // Of what layers store: the signed format, and its unsigned one behind a rectifier.
  NumberFormat activations{"linear8"}, rectified{"unsigned8"};
  bool is_per_channel = false;  // has each filter a weight step of its own?

  const NumberFormat& stored(bool is_signed) const { return is_signed ? activations : rectified; }
};

// "<weights>" or "<weights>/<activations>": number formats by name, the activations' being linear2
// to linear8 or pot2 to pot4, linear8 if not said. Throws Error that names the nearest valid one.
Scheme scheme(std::string_view text);
// "<weights>/<activations>".
std::string name_of(const Scheme& scheme);

}  // namespace citrine
