#include "app/accelerator_file.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <limits>
#include <optional>

#include "app/built_in_files.h"
#include "app/energy_file.h"
#include "app/json_object.h"
#include "graph/graph_json.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

using Json = nlohmann::json;

struct BuiltIn {
  std::string_view name, text;
};
constexpr std::array<BuiltIn, 3> kBuiltIn = {
    {{"microcontroller", kMicrocontroller}, {"eyeriss", kEyeriss}, {"tpu", kTpu}}};

constexpr std::array<std::string_view, 9> kKeys = {
    "name",  "source", "array", "clock_hz", "buffer", "bits", "frames", "memory_bytes_per_s",
    "energy"};
constexpr std::array<std::string_view, 3> kArrayKeys = {"rows", "columns", "dataflow"};
constexpr std::array<std::string_view, 3> kBufferKeys = {"bytes", "dataflow", "keeps_maps"};
constexpr std::array<std::string_view, 3> kBitsKeys = {"weight", "activation", "accumulator"};

std::optional<Dataflow> dataflow_at(const Json& json, const std::string& where) {
  const auto name = text_at(json, "dataflow", where);
  if (name == "any") return {};
  try {
    return dataflow(name);
  } catch (const Error& error) {
    throw Error(where, ": ", error.what(), ", or 'any'");
  }
}

int count_at(const Json& json, const std::string& key, const std::string& where) {
  const auto value = integer_at(json, key, where);
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();  // check() refuses it
  return static_cast<int>(std::clamp(value, -kMost, kMost));
}

EnergyTable energies_at(const Json& json, const std::string& where) {
  const auto& energy = json.at("energy");
  const auto place = where + ": 'energy'";
  if (!energy.is_string()) return energy_table(energy, place);
  try {
    return energy_table(energy.get<std::string>());
  } catch (const Error& error) {
    throw Error(place, ": '45nm' or a file: ", error.what());
  }
}

}  // namespace

Accelerator accelerator_from_json(const Json& json, const std::string& where) {
  check_keys(json, kKeys, where);
  const auto part = [&](const char* key, std::span<const std::string_view> keys) {
    check_keys(json.at(key), keys, where + ": '" + key + "'");
    return json.at(key);
  };
  const auto array = part("array", kArrayKeys), buffer = part("buffer", kBufferKeys),
             bits = part("bits", kBitsKeys);
  Accelerator accelerator = {.buffer_bytes = integer_at(buffer, "bytes", where),
                             .weight_bits = count_at(bits, "weight", where),
                             .activation_bits = count_at(bits, "activation", where),
                             .accumulator_bits = count_at(bits, "accumulator", where),
                             .rows = count_at(array, "rows", where),
                             .columns = count_at(array, "columns", where),
                             .clock_hz = number_at(json, "clock_hz", where),
                             .array_dataflow = dataflow_at(array, where + ": 'array'"),
                             .tile_dataflow = dataflow_at(buffer, where + ": 'buffer'"),
                             .keeps_maps = boolean_at(buffer, "keeps_maps", where),
                             .frames = count_at(json, "frames", where),
                             .memory_bytes_per_s = number_at(json, "memory_bytes_per_s", where),
                             .energies = energies_at(json, where),
                             .name = text_at(json, "name", where),
                             .source = text_at(json, "source", where)};
  try {
    check(accelerator);
  } catch (const Error& error) {
    throw Error(where, ": ", error.what());
  }
  return accelerator;
}

Accelerator load_accelerator(const std::string& name) {
  for (const auto& [built_in, text] : kBuiltIn)
    if (built_in == name) return accelerator_from_json(parse_json(text, name), name);
  if (!std::filesystem::exists(name) && name.find_first_of("./") == std::string::npos)
    throw Error(unknown_name("accelerator", name, accelerator_names()), ", or the path of a file");
  return accelerator_from_json(read_json(name), name);
}

std::vector<std::string_view> accelerator_names() {
  std::vector<std::string_view> names;
  names.reserve(kBuiltIn.size());
  for (const auto& [name, text] : kBuiltIn) names.push_back(name);
  return names;
}

}  // namespace citrine
