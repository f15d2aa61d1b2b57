#include "train/libtorch/images.h"

#include <ATen/ops/from_blob.h>

namespace citrine {

at::Tensor channels_first_view(const at::Tensor& dense) { return dense.permute({0, 3, 1, 2}); }

at::Tensor borrow_images(std::span<const float> images, const Shape& shape) {
  const auto count = static_cast<std::int64_t>(images.size()) / shape.elements();
  auto* values = const_cast<float*>(images.data());
  return channels_first_view(
      at::from_blob(values, {count, shape.height, shape.width, shape.channels}, at::kFloat));
}

}  // namespace citrine
