#include "store/seal.h"

#include <fcntl.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <string_view>

#include "kernels/error.h"
#include "kernels/names.h"
#include "store/descriptor.h"
#include "store/hdf5_image.h"
#include "store/sha256.h"

namespace citrine {
namespace {

constexpr std::string_view kMagic = "citrine file\n";

// The user block's text; zeros fill it up.
std::string text_of(const Seal& seal) {
  std::ostringstream text;
  text << kMagic << "schema: " << seal.schema << "\nversion: " << seal.version
       << "\nsize: " << seal.size << "\nsha256: " << seal.sha256 << '\n';
  return text.str();
}

class Fields {
 public:
  Fields(std::string_view text, const std::string& where) : rest_(text), where_(where) {}

  // The next line's text behind "<name>: ".
  std::string next(std::string_view name) {
    const auto end = rest_.find('\n');
    const auto line = rest_.substr(0, end);
    const auto prefix = std::string(name) + ": ";
    if (end == std::string_view::npos || !line.starts_with(prefix))
      throw Error(where_, " is damaged: its first ", kUserBlock, " bytes must give its ", name);
    rest_.remove_prefix(end + 1);
    return std::string(line.substr(prefix.size()));
  }
  template <class T>
  T number(std::string_view name) {
    const auto text = next(name);
    T value{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size())
      throw Error(where_, " is damaged: its ", name, " must be a number, got '", text, "'");
    return value;
  }

 private:
  std::string_view rest_;
  const std::string& where_;
};

std::string_view as_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

bool is_block_of(const Seal& seal, std::string_view block) {
  const auto text = text_of(seal);
  return block.starts_with(text) &&
         block.find_first_not_of('\0', text.size()) == std::string_view::npos;
}

}  // namespace

void seal(std::span<std::byte> file, const Schema& schema) {
  const auto text = text_of(
      {std::string(schema.name), schema.version, file.size(), sha256(file.subspan(kUserBlock))});
  const auto block = file.first(kUserBlock);
  std::ranges::fill(block, std::byte{0});
  std::ranges::copy(std::as_bytes(std::span(text)), block.begin());
}

bool is_sealed(std::span<const std::byte> file) {
  return as_text(file.first(std::min(kMagic.size(), file.size()))) == kMagic;
}

Seal read_seal(std::span<const std::byte> file, const std::string& where) {
  const auto block = as_text(file.first(std::min(kUserBlock, file.size())));
  if (!block.starts_with(kMagic.substr(0, block.size())) || block.empty())
    throw Error(where, " is not a file that citrine wrote");
  if (block.size() < kUserBlock)
    throw Error(where, " is truncated: expected at least ", kUserBlock, " bytes, got ",
                block.size());
  Fields fields(block.substr(kMagic.size()), where);
  Seal found;
  found.schema = fields.next("schema");
  found.version = fields.number<int>("version");
  found.size = fields.number<std::uint64_t>("size");
  found.sha256 = fields.next("sha256");
  return found;
}

void check_seal(std::span<const std::byte> file, const Schema& schema, const std::string& where) {
  const auto found = read_seal(file, where);
  if (found.schema != schema.name)
    throw Error(where, ": expected a file of schema '", schema.name, "', got '", found.schema, "'");
  if (found.version != schema.version)
    throw Error(where, ": expected version ", schema.version, " of schema '", schema.name,
                "', got ", found.version);
  if (found.size != file.size())
    throw Error(where, " is ", file.size() < found.size ? "truncated" : "too long", ": expected ",
                found.size, " bytes, got ", file.size());
  const auto sum = sha256(file.subspan(kUserBlock));
  if (found.sha256 != sum)
    throw Error(where, " is damaged: expected SHA-256 ", found.sha256, ", got ", sum);
  if (!is_block_of(found, as_text(file.first(kUserBlock))))
    throw Error(where, " is damaged: its first ", kUserBlock, " bytes hold more than their text");
}

std::string schema_of(const std::filesystem::path& path) {
  const Descriptor file(path, O_RDONLY);
  std::vector<std::byte> block(std::min<std::uint64_t>(kUserBlock, file.size()));
  file.read(block, 0);
  return read_seal(block, path.string()).schema;
}

}  // namespace citrine
