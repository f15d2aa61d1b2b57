#include "data/resize.h"

#include <cassert>

#define STB_IMAGE_RESIZE_STATIC
#define STB_IMAGE_RESIZE_IMPLEMENTATION
#include <stb/stb_image_resize.h>

#include "kernels/error.h"

namespace citrine {

void resize(const Picture& picture, const Box& box, int size, std::span<std::uint8_t> out) {
  assert(box.left >= 0 && box.top >= 0 && box.left < box.right && box.top < box.bottom);
  assert(box.right <= picture.width && box.bottom <= picture.height);
  assert(out.size() ==
         std::size_t{3} * static_cast<std::size_t>(size) * static_cast<std::size_t>(size));
  const auto start = (std::size_t{3}) *
                     (static_cast<std::size_t>(box.top) * static_cast<std::size_t>(picture.width) +
                      static_cast<std::size_t>(box.left));
  const int done = stbir_resize_uint8_generic(
      picture.pixels.data() + start, box.right - box.left, box.bottom - box.top, 3 * picture.width,
      out.data(), size, size, 3 * size, 3, STBIR_ALPHA_CHANNEL_NONE, 0, STBIR_EDGE_CLAMP,
      STBIR_FILTER_TRIANGLE, STBIR_COLORSPACE_LINEAR, nullptr);
  if (done == 0)
    throw Error("resizing a picture to ", size, "x", size, " failed for lack of memory");
}

}  // namespace citrine
