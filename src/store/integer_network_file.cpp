#include "store/integer_network_file.h"

#include <algorithm>
#include <limits>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "store/contents_file.h"
#include "store/index_name.h"
#include "store/json_text.h"
#include "store/located.h"

namespace citrine {
namespace {

std::string layer_group(std::size_t index) { return "layers/" + index_name(index); }

// Calls visit(attribute, number) for each number of a layer; reading and writing share the names.
template <class Layer, class Visit>
void visit_numbers(Layer& layer, const Visit& visit) {
  auto& shape = layer.convolution;
  visit("height", layer.height);
  visit("width", layer.width);
  visit("channels", layer.channels);
  visit("low", layer.low);
  visit("high", layer.high);
  visit("input_height", shape.height);
  visit("input_width", shape.width);
  visit("input_channels", shape.channels);
  visit("filters", shape.filters);
  visit("kernel", shape.kernel);
  visit("stride", shape.stride);
  visit("padding", shape.padding);
  visit("groups", shape.groups);
  visit("accumulator_bits", layer.accumulator.bits);
}

std::vector<std::uint64_t> weight_shape(const IntegerLayer& layer) {
  const auto& shape = layer.convolution;
  if (layer.kind != LayerKind::convolution) return {layer.weights.size()};
  const auto kernel = static_cast<std::uint64_t>(shape.kernel);
  return {static_cast<std::uint64_t>(shape.filters), kernel, kernel,
          static_cast<std::uint64_t>(shape.group_channels())};
}

bool fits_int8(const std::vector<std::int16_t>& codes) {
  constexpr auto kLow = std::numeric_limits<std::int8_t>::min();
  constexpr auto kHigh = std::numeric_limits<std::int8_t>::max();
  return std::ranges::all_of(codes,
                             [](std::int16_t code) { return code >= kLow && code <= kHigh; });
}

Array weight_array(const IntegerLayer& layer) {
  const auto& codes = layer.weights;
  if (!fits_int8(codes)) return {.shape = weight_shape(layer), .values = codes};
  return {.shape = weight_shape(layer),
          .values = std::vector<std::int8_t>(codes.begin(), codes.end())};
}

template <class Code>
Array codes_as(const IntegerLayer& layer) {
  std::vector<Code> codes(layer.weights.size());
  std::ranges::transform(layer.weights, codes.begin(), [&](std::int16_t weight) {
    return static_cast<Code>(layer.weight_format.code(weight));
  });
  return {.shape = weight_shape(layer), .values = std::move(codes)};
}

// Bits of the weights in memory.
Array code_array(const IntegerLayer& layer) {
  return layer.weight_format.bits() <= 8 ? codes_as<std::uint8_t>(layer)
                                         : codes_as<std::int16_t>(layer);
}

template <class Layer, class Visit>
void visit_scales(Layer& layer, const Visit& visit) {
  visit("scales", layer.scales);
  visit("residual_scales", layer.residual_scales);
  visit("input_scales", layer.input_scales);
}

void put_scales(Contents& contents, const std::string& path, const std::vector<Scale>& scales) {
  std::vector<std::int32_t> multipliers, shifts;
  for (const auto& scale : scales) {
    multipliers.push_back(scale.multiplier);
    shifts.push_back(scale.shift);
  }
  contents.put_list(path + "/multiplier", std::move(multipliers));
  contents.put_list(path + "/shift", std::move(shifts));
}

std::vector<Scale> scales_from(const Contents& contents, const std::string& path) {
  const auto& multipliers = contents.list<std::int32_t>(path + "/multiplier");
  const auto& shifts = contents.list<std::int32_t>(path + "/shift");
  if (multipliers.size() != shifts.size())
    throw Error(contents.where(), ": ", path, " must have as many shifts as multipliers, got ",
                shifts.size(), " and ", multipliers.size());
  std::vector<Scale> scales;
  for (std::size_t i = 0; i < shifts.size(); ++i) scales.push_back({multipliers[i], shifts[i]});
  return scales;
}

void put_layer(Contents& contents, const std::string& group, const IntegerLayer& layer) {
  contents.put_scalar(group + "@name", layer.name);
  contents.put_scalar(group + "@kind", std::string(name_of(layer.kind)));
  contents.put_scalar(group + "@format", layer.format.number.name());
  contents.put_scalar(group + "@step", layer.format.step);
  contents.put_scalar(group + "@weight_format", layer.weight_format.name());
  contents.put_scalar(group + "@overflow", std::string(name_of(layer.accumulator.overflow)));
  if (layer.product_bits > 0)
    contents.put_scalar(group + "@product_bits", std::int32_t{layer.product_bits});
  visit_numbers(layer, [&](const char* name, std::int32_t value) {
    contents.put_scalar(group + "@" + name, value);
  });
  contents.put_list(group + "/inputs", layer.inputs);
  visit_scales(layer, [&](const std::string& name, const std::vector<Scale>& scales) {
    put_scales(contents, group + "/" + name, scales);
  });
  contents.put_list(group + "/weight_steps", layer.weight_steps);
  contents.put(group + "/weights", weight_array(layer));
  contents.put(group + "/weight_codes", code_array(layer));
  contents.put_list(group + "/bias", layer.bias);
}

std::vector<std::int16_t> weights_from(const Contents& contents, const std::string& path) {
  const auto& array = contents.at(path);
  if (const auto* narrow = std::get_if<std::vector<std::int8_t>>(&array.values))
    return {narrow->begin(), narrow->end()};
  if (const auto* wide = std::get_if<std::vector<std::int16_t>>(&array.values)) return *wide;
  throw Error(contents.where(), ": ", path, " must be int8 or int16, got ", describe(array));
}

IntegerLayer layer_from(const Contents& contents, const std::string& group) {
  IntegerLayer layer;
  layer.name = contents.scalar<std::string>(group + "@name");
  layer.kind = layer_kind(contents.scalar<std::string>(group + "@kind"));
  layer.format = {NumberFormat(contents.scalar<std::string>(group + "@format")),
                  contents.scalar<double>(group + "@step")};
  layer.weight_format = NumberFormat(contents.scalar<std::string>(group + "@weight_format"));
  layer.accumulator.overflow = overflow(contents.scalar<std::string>(group + "@overflow"));
  const auto product_bits = group + "@product_bits";
  if (contents.has(product_bits)) layer.product_bits = contents.scalar<std::int32_t>(product_bits);
  visit_numbers(layer, [&](const char* name, std::int32_t& value) {
    value = contents.scalar<std::int32_t>(group + "@" + name);
  });
  layer.inputs = contents.list<std::int32_t>(group + "/inputs");
  visit_scales(layer, [&](const std::string& name, std::vector<Scale>& scales) {
    scales = scales_from(contents, group + "/" + name);
  });
  layer.weight_steps = contents.list<double>(group + "/weight_steps");
  layer.weights = weights_from(contents, group + "/weights");
  layer.bias = contents.list<std::int32_t>(group + "/bias");
  return layer;
}

// check() sees the weights as one list; here each axis must be what the layer says, and the codes
// must be those of the weights.
void check_weights(const Contents& contents, const std::string& group, const IntegerLayer& layer) {
  const auto& array = contents.at(group + "/weights");
  const Array expected{.shape = weight_shape(layer), .values = array.values};
  if (array.shape != expected.shape)
    throw Error(group, "/weights must be ", describe(expected), ", got ", describe(array));
  if (contents.at(group + "/weight_codes") != code_array(layer))
    throw Error(group, "/weight_codes must be the codes of the weights in ",
                layer.weight_format.name());
}

}  // namespace

Contents integer_network_contents(const IntegerNetworkFile& file, const std::string& where) {
  Contents contents(where);
  located(where, [&] { check(file.network); });
  for (std::size_t i = 0; i < file.network.layers.size(); ++i)
    put_layer(contents, layer_group(i), file.network.layers[i]);
  contents.put_scalar("@fingerprint", fingerprint(file.network));
  put_json(contents, "graph", to_json(file.graph));
  put_origin(contents, file.origin);
  return contents;
}

IntegerNetworkFile integer_network_from(const Contents& contents) {
  return located(contents.where(), [&] {
    IntegerNetwork network;
    const auto count = contents.children("layers").size();
    for (std::size_t i = 0; i < count; ++i)
      network.layers.push_back(layer_from(contents, layer_group(i)));
    check(network);
    for (std::size_t i = 0; i < count; ++i)
      check_weights(contents, layer_group(i), network.layers[i]);
    const auto found = fingerprint(network);
    if (const auto& expected = contents.scalar<std::string>("@fingerprint"); expected != found)
      throw Error("expected fingerprint ", expected, ", got ", found);
    return IntegerNetworkFile{.network = std::move(network),
                              .graph = graph_from_json(json_at(contents, "graph")),
                              .origin = origin_from(contents)};
  });
}

void write_integer_network(const std::filesystem::path& path, const IntegerNetworkFile& file) {
  write_contents(path, kIntegerNetworkSchema, integer_network_contents(file, path.string()));
}

IntegerNetworkFile read_integer_network(const std::filesystem::path& path) {
  return integer_network_from(read_contents(path, kIntegerNetworkSchema));
}

}  // namespace citrine
