#include "models/safetensors.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <fstream>

#include "graph/graph_json.h"
#include "kernels/error.h"

namespace citrine {
namespace {

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

std::string file_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) throw Error(path.string(), ": cannot be read");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::uint64_t element_count(const nlohmann::json& shape, std::uint64_t limit,
                            const std::string& where) {
  std::uint64_t count = 1;
  for (const auto& side : shape) {
    if (!side.is_number_unsigned()) throw Error(where, ": shape must be a list of sizes");
    const auto size = side.get<std::uint64_t>();
    if (size > limit || (count *= size) > limit)
      throw Error(where, ": shape is larger than the file");
  }
  return count;
}

Tensor read_tensor(const nlohmann::json& entry, std::string_view data, const std::string& where) {
  const auto& offsets = entry.at("data_offsets");
  const auto begin = offsets.at(0).get<std::uint64_t>(), end = offsets.at(1).get<std::uint64_t>();
  if (begin > end || end > data.size())
    throw Error(where, ": data lies outside the file, which is cut short or damaged");
  const auto count = element_count(entry.at("shape"), data.size(), where);
  if (end - begin != 4 * count)
    throw Error(where, ": data must have ", 4 * count, " bytes, got ", end - begin);
  Tensor tensor{entry.at("shape").get<std::vector<std::int64_t>>(), std::vector<float>(count)};
  std::memcpy(tensor.values.data(), data.data() + begin, end - begin);
  return tensor;
}

Weights read_tensors(const nlohmann::json& header, std::string_view data, const std::string& file) {
  Weights weights;
  for (const auto& [name, entry] : header.items()) {
    if (name == "__metadata__") continue;
    const auto type = entry.at("dtype").get<std::string>();
    if (type == "I64" && entry.at("shape").empty()) continue;
    if (type != "F32") throw Error(file, ": ", name, ": only F32 tensors are read, got ", type);
    weights.emplace(name, read_tensor(entry, data, file + ": " + name));
  }
  return weights;
}

}  // namespace

Weights read_safetensors(const std::filesystem::path& path) {
  const auto bytes = file_bytes(path);
  std::uint64_t header_size = 0;
  if (bytes.size() < 8)
    throw Error(path.string(), ": not a safetensors file: 8 bytes at least, got ", bytes.size());
  std::memcpy(&header_size, bytes.data(), 8);
  if (header_size > bytes.size() - 8)
    throw Error(path.string(), ": cut short or no safetensors file: its header claims ",
                header_size, " bytes");
  const std::string_view all = bytes;
  try {
    const auto header = parse_json(all.substr(8, header_size), path.string());
    return read_tensors(header, all.substr(8 + header_size), path.string());
  } catch (const nlohmann::json::exception& error) {
    throw Error(path.string(), ": not a safetensors header: ", error.what());
  }
}

Weights match_weights(const Graph& graph, const Weights& imported) {
  Weights matched;
  for (const auto& [name, shape] : parameter_shapes(graph)) {
    const auto found = imported.find(name);
    if (found == imported.end()) throw Error(name, ": the weights file has no tensor of this name");
    matched.emplace(name, found->second);
  }
  check_weights(graph, matched);
  return matched;
}

}  // namespace citrine
