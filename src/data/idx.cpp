#include "data/idx.h"

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::uint8_t kUnsignedByte = 8;
constexpr std::uint64_t kMostValues = std::uint64_t{1} << 31;

std::uint32_t big_endian(std::span<const std::uint8_t> bytes) {
  return std::uint32_t{bytes[0]} << 24 | std::uint32_t{bytes[1]} << 16 |
         std::uint32_t{bytes[2]} << 8 | bytes[3];
}

void check_magic(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file) {
  if (bytes.size() < 4 + 4 * rank)
    throw Error(file, ": must begin with an idx header of ", 4 + 4 * rank, " bytes, but has ",
                bytes.size());
  if (bytes[0] != 0 || bytes[1] != 0 || bytes[2] != kUnsignedByte)
    throw Error(file, ": must begin with the idx magic number of unsigned bytes, but begins with ",
                big_endian(bytes));
  if (bytes[3] != rank)
    throw Error(file, ": must hold ", rank == 1 ? "labels (1 extent)" : "images (3 extents)",
                ", but holds ",
                bytes[3] == 1   ? "labels (1 extent)"
                : bytes[3] == 3 ? "images (3 extents)"
                                : "another array");
}

}  // namespace

IdxArray parse_idx(std::span<const std::uint8_t> bytes, std::size_t rank, const std::string& file) {
  check_magic(bytes, rank, file);
  IdxArray array;
  std::uint64_t values = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    array.extents.push_back(big_endian(bytes.subspan(4 + 4 * i, 4)));
    values *= array.extents.back();
    if (values == 0 || values > kMostValues)
      throw Error(file, ": extents must be positive and their product at most ", kMostValues);
  }
  array.values = bytes.subspan(4 + 4 * rank);
  if (array.values.size() != values)
    throw Error(file, ": must hold ", values, " bytes after its header, but has ",
                array.values.size());
  return array;
}

}  // namespace citrine
