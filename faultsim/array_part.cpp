#include "faultsim/array_part.h"

namespace citrine {

ArrayPart::ArrayPart(const ConvolutionShape& shape, const ArrayShape& array, std::uint32_t element)
    : pixels{0, 1, shape.out_height() * shape.out_width()},
      filters{0, 1, shape.filters / shape.groups},
      steps{0, 1, shape.steps()},
      groups(shape.groups) {
  const auto take = [](Range& range, std::uint32_t start, std::uint32_t stride) {
    range.start = static_cast<int>(start);
    range.stride = static_cast<int>(stride);
  };
  const bool has_outputs = array.mapping == Mapping::output_stationary;
  take(has_outputs ? pixels : steps, element / array.columns, array.rows);
  take(array.mapping == Mapping::input_stationary ? pixels : filters, element % array.columns,
       array.columns);
}

}  // namespace citrine
