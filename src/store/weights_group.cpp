#include "store/weights_group.h"

#include "kernels/error.h"

namespace citrine {
namespace {

std::string path_of(const std::string& group, const std::string& name) {
  return group + "/" + name;
}

const std::vector<float>& floats_at(const Contents& contents, const std::string& path) {
  const auto* values = std::get_if<std::vector<float>>(&contents.at(path).values);
  if (values == nullptr)
    throw Error(contents.where(), ": ", path, " must be float32, got ",
                describe(contents.at(path)));
  return *values;
}

}  // namespace

void put_weights(Contents& contents, const std::string& group, const Weights& weights) {
  for (const auto& [key, tensor] : weights) {
    const auto dot = key.rfind('.');
    if (dot == std::string::npos)
      throw Error(contents.where(), ": weights must be named <node>.<parameter>, got '", key, "'");
    const auto node = path_of(group, key.substr(0, dot));
    contents.put(path_of(node, key.substr(dot + 1)),
                 {.shape = {tensor.shape.begin(), tensor.shape.end()}, .values = tensor.values});
  }
}

Weights weights_from(const Contents& contents, const std::string& group) {
  Weights weights;
  for (const auto& node : contents.children(group))
    for (const auto& parameter : contents.children(path_of(group, node))) {
      const auto path = path_of(path_of(group, node), parameter);
      const auto& shape = contents.at(path).shape;
      auto key = node;
      key.append(".").append(parameter);
      weights[key] = {{shape.begin(), shape.end()}, floats_at(contents, path)};
    }
  return weights;
}

}  // namespace citrine
