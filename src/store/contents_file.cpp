#include "store/contents_file.h"

#include "kernels/error.h"
#include "store/atomic_file.h"
#include "store/seal.h"

namespace citrine {
namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;

}  // namespace

std::vector<std::byte> encode_contents(const Schema& schema, Contents contents) {
  contents.put_scalar("@schema", std::string(schema.name));
  contents.put_scalar("@version", std::int32_t{schema.version});
  auto file = hdf5_image(contents);
  if (file.size() > kMaxFileBytes)
    throw Error(contents.where(), ": must have at most ", kMaxFileBytes,
                " bytes to be read again, got ", file.size());
  seal(file, schema);
  return file;
}

Contents decode_contents(std::span<const std::byte> file, const Schema& schema,
                         const std::string& where, const Wanted& wanted) {
  check_seal(file, schema, where);
  return hdf5_contents(file, where, wanted);
}

void write_contents(const std::filesystem::path& path, const Schema& schema, Contents contents) {
  write_bytes(path, encode_contents(schema, std::move(contents)));
}

Contents read_contents(const std::filesystem::path& path, const Schema& schema,
                       const Wanted& wanted) {
  return decode_contents(read_bytes(path, kMaxFileBytes), schema, path.string(), wanted);
}

}  // namespace citrine
