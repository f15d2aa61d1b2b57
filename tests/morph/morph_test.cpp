#include "morph/morph.h"

#include <gtest/gtest.h>

#include "kernels/error.h"
#include "models/models.h"

namespace citrine {
namespace {

TEST(Morph, ExactOperatorsGiveWholeNetworks) {
  const auto graph = model("lemonade_2", {.input = Shape{12, 12, 1}, .classes = 10});
  Network network{graph, random_weights(graph, {5, 6})};
  for (std::uint64_t step = 0; step < 12; ++step) {
    const auto op = static_cast<Operator>(step % 3);
    const auto morphed = apply(op, network, {9, step});
    check_weights(morphed.network.graph, morphed.network.weights);
    EXPECT_NE(canonical_hash(morphed.network.graph), canonical_hash(network.graph))
        << morphed.description;
    network = morphed.network;
  }
}

TEST(Morph, NamesTheNearestOperator) { EXPECT_THROW(morph_operator("widenn"), Error); }

}  // namespace
}  // namespace citrine
