#include "train/logits_error.h"

#include <cmath>
#include <cstdint>

#include "kernels/backend.h"
#include "quant/forward.h"

namespace citrine {

double logits_error(const IntegerNetwork& network, std::span<const float> images,
                    std::span<const float> wanted) {
  const auto count = static_cast<std::int64_t>(images.size()) / network.input().elements();
  const auto integers =
      logits(network, encode_inputs(network, images), count, *make_backend("cpu"));
  const double unit = logit_step(network);
  double difference = 0, square = 0;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const double target{wanted[i]};
    difference += std::pow(integers[i] * unit - target, 2);
    square += target * target;
  }
  return difference / square;
}

}  // namespace citrine
