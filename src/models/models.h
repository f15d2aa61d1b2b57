#pragma once
// Built-in reference networks, as graphs.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/graph.h"

namespace citrine {

// Names that `model` knows: resnet20, resnet32, resnet44, resnet56, mobilenet_v2,
// mobilenet_v2_cifar, lemonade_1 ... lemonade_4, nasnet_a_mobile, nasnet_a_cifar.
std::vector<std::string> model_names();

struct ModelOptions {
  std::optional<Shape> input = {};  // the model's own where empty
  std::optional<int> classes = {};
};
// Throws Error that names the nearest valid name.
Graph model(std::string_view name, const ModelOptions& options = {});

}  // namespace citrine
