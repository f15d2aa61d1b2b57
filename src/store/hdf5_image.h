#pragma once
// Contents to and from the bytes of an HDF5 file, in memory: equal contents give equal bytes.
#include <cstddef>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

#include "store/contents.h"

namespace citrine {

// In front of HDF5's own bytes, left for the seal.
inline constexpr std::size_t kUserBlock = 512;

// Starts with kUserBlock zeros. Throws Error if a text holds a zero byte.
std::vector<std::byte> hdf5_image(const Contents& contents);

// Which paths to read; an attribute is read with what it belongs to.
using Wanted = std::function<bool(std::string_view path)>;

// What `image` holds. Throws Error that names `where` unless it is one file with plain arrays that
// unpack to at most 256 MiB more than 64 times its size. HDF5 itself takes no harm from damage, but
// may from bytes made to attack it: check the seal first.
Contents hdf5_contents(std::span<const std::byte> image, const std::string& where,
                       const Wanted& wanted = {});

// Most bytes that the arrays of a file of `image_size` bytes may take.
std::size_t max_unpacked(std::size_t image_size);

}  // namespace citrine
