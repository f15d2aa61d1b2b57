#include "kernels/convolution_layout.h"

#include <algorithm>

namespace citrine {

TapRuns::TapRuns(const ConvolutionShape& shape)
    : count(shape.groups == 1 ? shape.kernel : shape.kernel * shape.kernel),
      steps(shape.steps() / count),
      pairs((steps + 1) / 2) {
  const int row_runs = count / shape.kernel;
  const std::ptrdiff_t width = shape.width + 2 * shape.padding;
  for (int run = 0; run < count; ++run)
    offsets.push_back((run / row_runs * width + run % row_runs) * shape.channels);
}

PackedFilters::PackedFilters(const Convolution& op, const TapRuns& runs, int block_filters)
    : group_blocks((op.shape.filters / op.shape.groups + block_filters - 1) / block_filters),
      block_weights(static_cast<std::size_t>(runs.count) * static_cast<std::size_t>(runs.pairs) *
                    static_cast<std::size_t>(block_filters) * 2) {
  const auto blocks =
      static_cast<std::size_t>(op.shape.groups) * static_cast<std::size_t>(group_blocks);
  weights.resize(blocks * block_weights);
  bias.resize(blocks * static_cast<std::size_t>(block_filters));
  const int group_filters = op.shape.filters / op.shape.groups;
  for (int filter = 0; filter < op.shape.filters; ++filter) {
    const int in_group = filter % group_filters;
    const int block = filter / group_filters * group_blocks + in_group / block_filters;
    const int lane = in_group % block_filters;
    const auto at = std::int64_t{block} * block_filters + lane;
    bias[static_cast<std::size_t>(at)] = op.bias[filter];
    const auto* from = op.weights + std::int64_t{filter} * op.shape.steps();
    auto* to = weights.data() + static_cast<std::size_t>(block) * block_weights + 2 * lane;
    for (int run = 0; run < runs.count; ++run, from += runs.steps)
      for (int step = 0; step < 2 * runs.pairs; ++step) {
        to[step % 2] = step < runs.steps ? from[step] : std::int16_t{0};
        if (step % 2 == 1) to += 2 * block_filters;
      }
  }
}

PaddedImages::PaddedImages(const ConvolutionShape& shape, int images, std::size_t slack)
    : shape_(shape),
      row_elements_(std::ptrdiff_t{shape.width + 2 * shape.padding} * shape.channels),
      image_elements_(row_elements_ * (shape.height + 2 * shape.padding)),
      elements_(static_cast<std::size_t>(images * image_elements_) + slack) {}

void PaddedImages::load(const std::int16_t* images, int count) {
  const std::ptrdiff_t map_row = std::ptrdiff_t{shape_.width} * shape_.channels;
  for (int image = 0; image < count; ++image) {
    auto* to = elements_.data() + image * image_elements_ + shape_.padding * row_elements_ +
               std::ptrdiff_t{shape_.padding} * shape_.channels;
    for (int row = 0; row < shape_.height; ++row, to += row_elements_, images += map_row)
      std::copy_n(images, map_row, to);
  }
}

const std::int16_t* PaddedImages::window(std::int64_t pixel) const {
  const std::int64_t line = pixel / shape_.out_width();
  const std::int64_t image = line / shape_.out_height();
  const std::int64_t y = line % shape_.out_height() * shape_.stride;
  const std::int64_t x = pixel % shape_.out_width() * shape_.stride;
  return elements_.data() + image * image_elements_ + y * row_elements_ + x * shape_.channels;
}

}  // namespace citrine
