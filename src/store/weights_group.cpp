#include "store/weights_group.h"

#include "kernels/error.h"

namespace citrine {

void put_weights(Contents& contents, const std::string& group, const Weights& weights) {
  for (const auto& [key, tensor] : weights) {
    const auto dot = key.rfind('.');
    if (dot == std::string::npos)
      throw Error(contents.where(), ": weights must be named <node>.<parameter>, got '", key, "'");
    contents.put(group + "/" + key.substr(0, dot) + "/" + key.substr(dot + 1),
                 {.shape = {tensor.shape.begin(), tensor.shape.end()}, .values = tensor.values});
  }
}

Weights weights_from(const Contents& contents, const std::string& group) {
  Weights weights;
  for (const auto& node : contents.children(group))
    for (const auto& parameter : contents.children(group + "/" + node)) {
      const auto path = group + "/" + node + "/" + parameter;
      const auto& array = contents.at(path);
      const auto* values = std::get_if<std::vector<float>>(&array.values);
      if (values == nullptr)
        throw Error(contents.where(), ": ", path, " must be float32, got ", describe(array));
      weights[node + "." + parameter] = {{array.shape.begin(), array.shape.end()}, *values};
    }
  return weights;
}

}  // namespace citrine
