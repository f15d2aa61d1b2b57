#include "models/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <sstream>

#include "graph/graph_json.h"
#include "graph/printable.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "safetensors data is little-endian");

constexpr std::uint64_t kSizeBytes = 8;  // of the header's size, before it
constexpr std::uint64_t kMaxDataBytes = std::uint64_t{4} << 30;

// What the header says of a tensor; the bytes are those from `begin` to `end` after the header.
struct Entry {
  std::string name, type;
  std::vector<std::int64_t> shape;
  std::uint64_t count = 1, begin = 0, end = 0;
};

const json& member(const json& object, const char* key, const std::string& where) {
  if (!object.is_object() || !object.contains(key)) throw Error(where, ": has no ", key);
  return object.at(key);
}

std::uint64_t size(const json& value, const std::string& where) {
  if (!value.is_number_unsigned())
    throw Error(where, ": sizes must be whole numbers, got ", value.type_name());
  return value.get<std::uint64_t>();
}

void read_shape(const json& shape, std::uint64_t limit, const std::string& where, Entry& entry) {
  if (!shape.is_array()) throw Error(where, ": shape must be a list of sizes");
  for (const auto& value : shape) {
    const auto side = size(value, where);
    if (side > limit || (side > 0 && entry.count > limit / side))
      throw Error(where, ": shape is larger than the file");
    entry.count *= side;
    entry.shape.push_back(static_cast<std::int64_t>(side));
  }
}

void read_offsets(const json& offsets, std::uint64_t limit, const std::string& where,
                  Entry& entry) {
  if (!offsets.is_array() || offsets.size() != 2)
    throw Error(where, ": data_offsets must be two sizes");
  entry.begin = size(offsets[0], where), entry.end = size(offsets[1], where);
  if (entry.begin > entry.end || entry.end > limit)
    throw Error(where, ": data lies outside the file, which is cut short or damaged");
}

std::uint64_t bytes_of(const std::string& type, const std::string& where) {
  if (type == "F32") return 4;
  if (type == "F16" || type == "BF16") return 2;
  if (type == "I64") return 8;
  throw Error(where, ": only F32, F16 and BF16 tensors are read, got ", printable(type));
}

Entry read_entry(const std::string& name, const json& object, std::uint64_t limit,
                 const std::string& where) {
  Entry entry;
  entry.name = name;
  const auto& type = member(object, "dtype", where);
  if (!type.is_string()) throw Error(where, ": dtype must be a text");
  entry.type = type.get<std::string>();
  read_shape(member(object, "shape", where), limit, where, entry);
  read_offsets(member(object, "data_offsets", where), limit, where, entry);
  const auto wanted = bytes_of(entry.type, where) * entry.count;
  if (entry.type == "I64" && !entry.shape.empty())
    throw Error(where, ": I64 tensors must be scalars");
  if (entry.end - entry.begin != wanted)
    throw Error(where, ": data must have ", wanted, " bytes, got ", entry.end - entry.begin);
  return entry;
}

void check_overlap(std::vector<Entry> entries, const std::string& where) {
  std::erase_if(entries, [](const Entry& entry) { return entry.begin == entry.end; });
  std::ranges::sort(entries, {}, &Entry::begin);
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (entries[i].begin < entries[i - 1].end)
      throw Error(where, ": ", printable(entries[i - 1].name), " and ", printable(entries[i].name),
                  " share bytes");
}

// IEEE 754 binary16.
float from_half(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31, fraction = bits & 1023;
  float value = std::ldexp(static_cast<float>(exponent == 0 ? fraction : fraction + 1024),
                           std::max(exponent, 1) - 25);
  if (exponent == 31)
    value = fraction == 0 ? std::numeric_limits<float>::infinity()
                          : std::numeric_limits<float>::quiet_NaN();
  return bits >> 15 == 0 ? value : -value;
}

float from_bfloat(std::uint16_t bits) { return std::bit_cast<float>(std::uint32_t{bits} << 16); }

Tensor read_tensor(const Entry& entry, std::string_view bytes) {
  Tensor tensor{entry.shape, std::vector<float>(entry.count)};
  if (entry.type == "F32") {
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(tensor.values.data()));
    return tensor;
  }
  for (std::size_t i = 0; i < entry.count; ++i) {
    std::uint16_t bits = 0;
    std::memcpy(&bits, bytes.data() + 2 * i, 2);
    tensor.values[i] = entry.type == "F16" ? from_half(bits) : from_bfloat(bits);
  }
  return tensor;
}

// The file's `size` bytes from `begin` on; they lie inside of it.
std::string piece(std::istream& file, std::uint64_t begin, std::uint64_t size,
                  const std::string& where) {
  std::string bytes(size, '\0');
  file.seekg(static_cast<std::streamoff>(begin));
  if (!file.read(bytes.data(), static_cast<std::streamsize>(size)))
    throw Error(where, ": cannot be read");
  return bytes;
}

std::uint64_t header_size(std::istream& file, std::uint64_t file_size, const std::string& where) {
  if (file_size < kSizeBytes)
    throw Error(where, ": not a safetensors file: 8 bytes at least, got ", file_size);
  std::uint64_t size = 0;
  std::memcpy(&size, piece(file, 0, kSizeBytes, where).data(), kSizeBytes);
  if (size > file_size - kSizeBytes)
    throw Error(where, ": cut short or no safetensors file: its header claims ", size, " bytes");
  if (size > kMaxJsonBytes)
    throw Error(where, ": a safetensors header must be at most 64 MiB, got ", size, " bytes");
  return size;
}

std::vector<Entry> read_entries(std::string_view header, std::uint64_t data_size,
                                const std::string& where) {
  const auto object = parse_json(header, where);
  if (!object.is_object()) throw Error(where, ": a safetensors header must be an object");
  std::vector<Entry> entries;
  for (const auto& [name, entry] : object.items())
    if (name != "__metadata__")
      entries.push_back(read_entry(name, entry, data_size, where + ": " + printable(name)));
  check_overlap(entries, where);
  return entries;
}

// Nothing is allocated by what the file claims, or by its size, before the header is found whole.
Weights read_weights(std::istream& file, std::uint64_t file_size, const std::string& where) {
  const auto header = header_size(file, file_size, where);
  const auto data = kSizeBytes + header;
  const auto entries =
      read_entries(piece(file, kSizeBytes, header, where), file_size - data, where);
  std::uint64_t total = 0;
  for (const auto& entry : entries) total += entry.end - entry.begin;
  if (total > kMaxDataBytes)
    throw Error(where, ": weights must take at most 4 GiB, got ", total, " bytes");
  Weights weights;
  for (const auto& entry : entries)
    if (entry.type != "I64")
      weights.emplace(entry.name, read_tensor(entry, piece(file, data + entry.begin,
                                                           entry.end - entry.begin, where)));
  return weights;
}

}  // namespace

Weights parse_safetensors(std::string_view bytes, const std::string& where) {
  std::istringstream file{std::string(bytes)};
  return read_weights(file, bytes.size(), where);
}

Weights read_safetensors(const std::filesystem::path& path) {
  std::error_code failure;
  const auto size = std::filesystem::file_size(path, failure);
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) throw Error(path.string(), ": cannot be read");
  return read_weights(file, size, path.string());
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
