#include <cmath>
#include <numbers>

#include "train/train.h"

namespace citrine {

// Loshchilov and Hutter 2017, "SGDR: stochastic gradient descent with warm restarts".
double learning_rate(const TrainSettings& settings, double epochs) {
  double length = settings.restart_epochs > 0 ? settings.restart_epochs : settings.epochs;
  double since_restart = epochs;
  while (settings.restart_epochs > 0 && since_restart >= length) {
    since_restart -= length;
    length *= settings.restart_factor;
  }
  const double share = std::fmin(since_restart / length, 1.0);
  const double cosine = 0.5 * (1 + std::cos(std::numbers::pi * share));
  return settings.final_rate + (settings.rate - settings.final_rate) * cosine;
}

}  // namespace citrine
