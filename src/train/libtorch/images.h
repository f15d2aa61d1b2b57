#pragma once
// Images in memory as LibTorch sees them.
#include <span>

#include <ATen/core/Tensor.h>

#include "graph/shape.h"

namespace citrine {

// Values of [count, height, width, channels] seen as [count, channels, height, width].
at::Tensor channels_first_view(const at::Tensor& dense);
// The same view of images that stay the caller's.
at::Tensor borrow_images(std::span<const float> images, const Shape& shape);

}  // namespace citrine
