#include "kernels/bordered_maps.h"

#include <algorithm>

#include "kernels/requantization.h"
#include "kernels/simd/targets.h"

#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "kernels/bordered_maps.cpp"
#include <hwy/foreach_target.h>
#include <hwy/highway.h>

HWY_BEFORE_NAMESPACE();
namespace citrine::HWY_NAMESPACE {
namespace {

namespace hn = hwy::HWY_NAMESPACE;

using Shorts = hn::ScalableTag<std::int16_t>;
using Bytes = hn::Rebind<std::uint8_t, Shorts>;

void narrow(const std::int16_t* from, std::ptrdiff_t size, std::int32_t zero, std::uint8_t* to) {
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(Shorts()));
  const auto offset = hn::Set(Shorts(), static_cast<std::int16_t>(zero));
  std::ptrdiff_t i = 0;
  for (; i + lanes <= size; i += lanes)
    hn::StoreU(hn::DemoteTo(Bytes(), hn::Add(hn::LoadU(Shorts(), from + i), offset)), Bytes(),
               to + i);
  for (; i < size; ++i) to[i] = static_cast<std::uint8_t>(from[i] + zero);
}

void widen(const std::uint8_t* from, std::ptrdiff_t size, std::int32_t zero, std::int16_t* to) {
  const auto lanes = static_cast<std::ptrdiff_t>(hn::Lanes(Shorts()));
  const auto offset = hn::Set(Shorts(), static_cast<std::int16_t>(zero));
  std::ptrdiff_t i = 0;
  for (; i + lanes <= size; i += lanes)
    hn::StoreU(hn::Sub(hn::PromoteTo(Shorts(), hn::LoadU(Bytes(), from + i)), offset), Shorts(),
               to + i);
  for (; i < size; ++i) to[i] = static_cast<std::int16_t>(from[i] - zero);
}

}  // namespace
}  // namespace citrine::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace citrine {
namespace {

HWY_EXPORT(narrow);
HWY_EXPORT(widen);

void convert(const std::int16_t* from, std::ptrdiff_t size, std::int32_t zero, std::uint8_t* to) {
  HWY_DYNAMIC_DISPATCH(narrow)(from, size, zero, to);
}
void convert(const std::uint8_t* from, std::ptrdiff_t size, std::int32_t zero, std::int16_t* to) {
  HWY_DYNAMIC_DISPATCH(widen)(from, size, zero, to);
}
void convert(const std::int16_t* from, std::ptrdiff_t size, std::int32_t, std::int16_t* to) {
  std::copy_n(from, size, to);
}

}  // namespace

template <class Element>
BorderedMaps<Element>::BorderedMaps(const MapShape& shape, std::int32_t zero)
    : shape_(shape),
      image_elements_(shape.image_elements()),
      row_elements_(shape.row_elements()),
      first_(shape.border * (row_elements_ + shape.channels)),
      zero_(zero),
      elements_(static_cast<std::size_t>(shape.images * shape.image_elements()) + kVectorSlack,
                static_cast<Element>(zero)) {}

template <class Element>
void BorderedMaps<Element>::fill(std::int32_t value) {
  const std::ptrdiff_t row_size = std::ptrdiff_t{shape_.width} * shape_.channels;
  for (int image = 0; image < shape_.images; ++image)
    for (int row = 0; row < shape_.height; ++row)
      std::fill_n(pixel(image, row, 0), row_size, static_cast<Element>(value + zero_));
}

template <class Element>
void BorderedMaps<Element>::load(const std::int16_t* integers, int images) {
  const std::ptrdiff_t row_size = std::ptrdiff_t{shape_.width} * shape_.channels;
  for (int image = 0; image < images; ++image)
    for (int row = 0; row < shape_.height; ++row, integers += row_size)
      convert(integers, row_size, zero_, pixel(image, row, 0));
}

template <class Element>
void BorderedMaps<Element>::unload(int image, std::int16_t* integers) const {
  const std::ptrdiff_t row_size = std::ptrdiff_t{shape_.width} * shape_.channels;
  for (int row = 0; row < shape_.height; ++row, integers += row_size)
    convert(pixel(image, row, 0), row_size, zero_, integers);
}

template class BorderedMaps<std::uint8_t>;
template class BorderedMaps<std::int16_t>;

}  // namespace citrine
#endif
