#include "quant/scheme.h"

#include <algorithm>
#include <array>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

struct Pair {
  std::string_view activations, rectified;
};

constexpr std::array kPairs = {Pair{"linear2", "unsigned2"},  Pair{"linear3", "unsigned3"},
                               Pair{"linear4", "unsigned4"},  Pair{"linear5", "unsigned5"},
                               Pair{"linear6", "unsigned6"},  Pair{"linear7", "unsigned7"},
                               Pair{"linear8", "unsigned8"},  Pair{"pot2", "unsigned_pot2"},
                               Pair{"pot3", "unsigned_pot3"}, Pair{"pot4", "unsigned_pot4"}};

Pair activations(std::string_view name) {
  const auto pair = std::ranges::find(kPairs, name, &Pair::activations);
  if (pair != kPairs.end()) return *pair;
  std::array<std::string_view, kPairs.size()> names;
  std::ranges::transform(kPairs, names.begin(), &Pair::activations);
  throw Error(unknown_name("format of activations", name, names));
}

}  // namespace

Scheme scheme(std::string_view text) {
  const auto slash = std::min(text.find('/'), text.size());
  const auto pair =
      activations(slash == text.size() ? std::string_view("linear8") : text.substr(slash + 1));
  Scheme scheme{.weights = NumberFormat(text.substr(0, slash)),
                .activations = NumberFormat(pair.activations),
                .rectified = NumberFormat(pair.rectified)};
  if (!scheme.weights.is_signed() || scheme.weights.value_bits() > 16)
    throw Error("weights must have a signed format of at most 16 bit integers, got ",
                scheme.weights.name());
  return scheme;
}

std::string name_of(const Scheme& scheme) {
  return scheme.weights.name() + "/" + scheme.activations.name();
}

}  // namespace citrine
