#include "kernels/elementwise.h"

#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "kernels/fixed_point.h"
#include "kernels/requantization_cases.h"
#include "kernels/simd_targets.h"

namespace citrine {
namespace {

int pick(Key key, std::uint64_t index, int low, int high) {
  return low +
         static_cast<int>(uniform_below(key, index, static_cast<std::uint64_t>(high - low + 1)));
}

MapShape random_shape(Key key) {
  return {.images = pick(key, 0, 1, 3),
          .height = pick(key, 1, 1, 6),
          .width = pick(key, 2, 1, 6),
          .channels = pick(key, 3, 1, 40),
          .border = pick(key, 4, 0, 2)};
}

template <class Element>
void expect_sums_of_all(Key key) {
  const auto shape = random_shape(key);
  const auto how = random_requantization<Element>(split(key, "how"), shape.channels);
  std::vector<BorderedMaps<Element>> maps;
  std::vector<ScaleCase> scales;
  for (std::uint64_t i = 0; i < 3; ++i) {
    maps.push_back(random_maps<Element>(split(split(key, "map"), i), shape));
    scales.push_back(random_scales(split(split(key, "scale"), i), 1));
  }
  std::vector<ChannelScales> channel_scales;
  for (const auto& scale : scales) channel_scales.push_back(scale.scales(shape.channels));
  const std::vector<std::size_t> inputs = {0, 1, 2};
  BorderedMaps<Element> output(shape, how.requantization().zero);
  add<Element>({.maps = maps, .inputs = inputs, .scales = channel_scales}, shape.images,
               how.requantization(), output);

  std::vector<std::int32_t> sums(integers_of(maps[0]).size());
  for (std::size_t i = 0; i < 3; ++i) {
    const auto integers = integers_of(maps[i]);
    for (std::size_t at = 0; at < sums.size(); ++at)
      sums[at] = static_cast<std::int32_t>(static_cast<std::uint32_t>(sums[at]) +
                                           static_cast<std::uint32_t>(scales[i](0, integers[at])));
  }
  ASSERT_EQ(integers_of(output), requantized(how, sums));
}

// Every second pixel at channel 3 of a wider map, the rest of which stays.
template <class Element>
void expect_copied(Key key) {
  const auto shape = random_shape(key);
  auto to = shape;
  to.height = (shape.height + 1) / 2;
  to.width = (shape.width + 1) / 2;
  to.channels = shape.channels + 5;
  const auto input = random_maps<Element>(split(key, "input"), shape);
  const auto how = random_requantization<Element>(split(key, "how"), shape.channels);
  BorderedMaps<Element> output(to, how.requantization().zero);
  output.fill(how.low);
  copy<Element>({.input = input, .stride = 2, .first = 3}, shape.images, how.requantization(),
                output);

  const auto integers = integers_of(input);
  const std::vector<std::int32_t> sums(integers.begin(), integers.end());
  const auto stored = requantized(how, sums);
  std::vector<std::int16_t> expected;
  for (int pixel = 0; pixel < to.images * to.height * to.width; ++pixel) {
    const int column = pixel % to.width * 2, row = pixel / to.width % to.height * 2;
    const int image = pixel / to.width / to.height;
    for (int channel = -3; channel < to.channels - 3; ++channel) {
      const int from = ((image * shape.height + row) * shape.width + column) * shape.channels;
      const bool is_copied = channel >= 0 && channel < shape.channels;
      expected.push_back(is_copied ? stored[static_cast<std::size_t>(from + channel)]
                                   : static_cast<std::int16_t>(how.low));
    }
  }
  ASSERT_EQ(integers_of(output), expected);
}

// Maximum of the taps inside, or their sum over all taps.
std::int32_t pooled(const std::vector<std::int16_t>& taps, int all, bool is_average) {
  if (!is_average) return *std::ranges::max_element(taps);
  std::int64_t sum = 0;
  for (const auto tap : taps) sum += tap;
  return static_cast<std::int32_t>(round_divide(sum, all));
}

template <class Element>
void expect_pooled(Key key, bool is_average) {
  const auto shape = random_shape(key);
  const int kernel = pick(key, 10, 1, std::min({shape.height, shape.width, 3}));
  const ConvolutionShape window{.height = shape.height,
                                .width = shape.width,
                                .channels = shape.channels,
                                .kernel = kernel,
                                .stride = pick(key, 11, 1, 2),
                                .padding = pick(key, 12, 0, kernel - 1)};
  const auto input = random_maps<Element>(split(key, "input"), shape);
  const auto how = random_requantization<Element>(split(key, "how"), shape.channels);
  auto to = shape;
  to.height = window.out_height();
  to.width = window.out_width();
  BorderedMaps<Element> output(to, how.requantization().zero);
  pool<Element>({.input = input, .window = window, .is_average = is_average}, shape.images,
                how.requantization(), output);

  const auto integers = integers_of(input);
  std::vector<std::int32_t> sums;
  for (int pixel = 0; pixel < to.images * to.height * to.width; ++pixel)
    for (int channel = 0; channel < to.channels; ++channel) {
      std::vector<std::int16_t> taps;
      for (int tap = 0; tap < kernel * kernel; ++tap) {
        const int row =
            pixel / to.width % to.height * window.stride - window.padding + tap / kernel;
        const int column = pixel % to.width * window.stride - window.padding + tap % kernel;
        const int image = pixel / to.width / to.height;
        if (row >= 0 && column >= 0 && row < shape.height && column < shape.width)
          taps.push_back(integers[static_cast<std::size_t>(
              ((image * shape.height + row) * shape.width + column) * shape.channels + channel)]);
      }
      sums.push_back(pooled(taps, kernel * kernel, is_average));
    }
  ASSERT_EQ(integers_of(output), requantized(how, sums));
}

template <class Element>
void expect_all(std::uint64_t index) {
  const Key key = split({31, sizeof(Element)}, index);
  expect_sums_of_all<Element>(split(key, "add"));
  expect_copied<Element>(split(key, "copy"));
  expect_pooled<Element>(split(key, "pool"), index % 2 == 0);
}

TEST(Elementwise, EqualsTheReferenceInBytes) {
  for_each_simd_target([] {
    for (std::uint64_t i = 0; i < 100; ++i) expect_all<std::uint8_t>(i);
  });
}

TEST(Elementwise, EqualsTheReferenceInShorts) {
  for_each_simd_target([] {
    for (std::uint64_t i = 0; i < 100; ++i) expect_all<std::int16_t>(i);
  });
}

}  // namespace
}  // namespace citrine
