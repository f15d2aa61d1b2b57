#include "data/resize.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace citrine {
namespace {

// Weights of the pixels [first, first + size) that make one pixel of the result; their sum is 1.
struct Taps {
  int first = 0;
  std::vector<float> weights;
};

// Triangle filter around the centre of output pixel `place`, at least two pixels wide; cut at the
// border.
Taps taps_of(int place, int from, int to) {
  const float step = static_cast<float>(from) / static_cast<float>(to),
              reach = std::max(step, 1.0F);
  const float centre = (static_cast<float>(place) + 0.5F) * step;
  const int end = std::min(static_cast<int>(std::ceil(centre + reach)), from);
  Taps taps;
  taps.first = std::max(static_cast<int>(std::floor(centre - reach)), 0);
  float sum = 0;
  for (int i = taps.first; i < end; ++i) {
    const float distance = std::abs(static_cast<float>(i) + 0.5F - centre) / reach;
    taps.weights.push_back(std::max(1.0F - distance, 0.0F));
    sum += taps.weights.back();
  }
  for (float& weight : taps.weights) weight /= sum;
  return taps;
}

std::vector<Taps> all_taps(int from, int to) {
  std::vector<Taps> all;
  all.reserve(static_cast<std::size_t>(to));
  for (int place = 0; place < to; ++place) all.push_back(taps_of(place, from, to));
  return all;
}

// Rows of the box at the new width: [height of the box, size, 3].
std::vector<float> narrowed(const Picture& picture, const Box& box, int size) {
  const auto taps = all_taps(box.right - box.left, size);
  std::vector<float> rows;
  rows.reserve(std::size_t{3} * static_cast<std::size_t>(box.bottom - box.top) * taps.size());
  for (int y = box.top; y < box.bottom; ++y)
    for (const Taps& tap : taps)
      for (int c = 0; c < 3; ++c) {
        const std::uint8_t* from = picture.pixels.data() +
                                   3 * (std::ptrdiff_t{y} * picture.width + box.left + tap.first) +
                                   c;
        float sum = 0;
        for (std::size_t i = 0; i < tap.weights.size(); ++i)
          sum += tap.weights[i] * static_cast<float>(from[3 * i]);
        rows.push_back(sum);
      }
  return rows;
}

}  // namespace

void resize(const Picture& picture, const Box& box, int size, std::span<std::uint8_t> out) {
  assert(box.left >= 0 && box.top >= 0 && box.left < box.right && box.top < box.bottom);
  assert(box.right <= picture.width && box.bottom <= picture.height);
  const auto stride = std::size_t{3} * static_cast<std::size_t>(size);
  assert(out.size() == stride * static_cast<std::size_t>(size));
  const auto rows = narrowed(picture, box, size);
  const auto taps = all_taps(box.bottom - box.top, size);
  for (std::size_t y = 0; y < taps.size(); ++y)
    for (std::size_t x = 0; x < stride; ++x) {
      const float* from = rows.data() + static_cast<std::size_t>(taps[y].first) * stride + x;
      float sum = 0;
      for (std::size_t i = 0; i < taps[y].weights.size(); ++i)
        sum += taps[y].weights[i] * from[i * stride];
      out[y * stride + x] = static_cast<std::uint8_t>(std::lround(std::clamp(sum, 0.0F, 255.0F)));
    }
}

}  // namespace citrine
