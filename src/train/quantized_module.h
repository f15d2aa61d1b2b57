#pragma once
// The differentiable twin of an integer network: real values, rounded as the integers are, with
// gradients that pass the rounding straight through.
#include <memory>
#include <span>
#include <vector>

#include "train/latent_network.h"

namespace citrine {

struct TuneRates {
  double values = 0;     // of weights and biases, in distances between two weights' values
  double exponents = 0;  // of the steps' exponents
};

// `images`: normalized, [count, height, width, channels]; `targets`: the logits that they should
// have. The loss is the logits' squared error over the targets' squares.
class QuantizedModule {
 public:
  explicit QuantizedModule(const LatentNetwork& latent);
  ~QuantizedModule();
  QuantizedModule(const QuantizedModule&) = delete;
  QuantizedModule& operator=(const QuantizedModule&) = delete;

  // [count, classes]; those of rounded(latent()) but for the rounding of float sums and, where
  // steps are free, of rescaling.
  std::vector<float> logits(std::span<const float> images) const;
  // Of the loss, by all of latent()'s values; 0 where a step is not the layer's own.
  std::vector<LatentLayer> gradient(std::span<const float> images, std::span<const float> targets);
  // One step of Adam (Kingma and Ba 2015); gives the loss before it.
  double step(std::span<const float> images, std::span<const float> targets,
              const TuneRates& rates);

  LatentNetwork latent() const;
  void set_latent(const std::vector<LatentLayer>& layers);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace citrine
