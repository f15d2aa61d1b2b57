#include "faultsim/fault_place.h"

#include <gtest/gtest.h>

#include "kernels/convolution.h"
#include "kernels/map_view.h"

namespace citrine::testing {
namespace {

// What an output reads in steps [first, last), by runs; -1 where it reads padding.
std::vector<std::int64_t> read_in_runs(const OutputWindow& window, int first, int last) {
  std::vector<std::int64_t> read(static_cast<std::size_t>(last - first), -1);
  int next = first;
  window.visit_runs(first, last, [&](int step, std::int64_t index, int steps) {
    EXPECT_GE(step, next);
    EXPECT_GT(steps, 0);
    next = step + steps;
    for (int i = 0; i < steps; ++i) read.at(static_cast<std::size_t>(step - first + i)) = index + i;
  });
  return read;
}

// Windows that reach beyond one side, beyond both, and beyond none; one tap, all, and groups.
TEST(OutputWindow, RunsAreItsSteps) {
  const ConvolutionShape shapes[] = {
      {.height = 1, .width = 1, .channels = 3, .filters = 2, .kernel = 3, .padding = 1},
      {.height = 2, .width = 3, .channels = 2, .filters = 3, .kernel = 5, .padding = 2},
      {.height = 5, .width = 4, .channels = 3, .filters = 2, .kernel = 3, .stride = 2},
      {.height = 3,
       .width = 3,
       .channels = 4,
       .filters = 4,
       .kernel = 3,
       .padding = 1,
       .groups = 2},
      {.height = 2, .width = 2, .channels = 5, .filters = 2, .kernel = 1}};
  for (const auto& shape : shapes) {
    const OutputWindows windows(shape, (shape.width + 2) * shape.channels);
    for (std::int64_t output = 0; output < shape.outputs(); ++output) {
      const auto window = windows[output];
      const auto pixel = output / shape.filters;
      ASSERT_EQ(window.row(), pixel / shape.out_width());
      ASSERT_EQ(window.column(), pixel % shape.out_width());
      ASSERT_EQ(window.filter(), output % shape.filters);
      const MapView map(nullptr, shape.out_width(), shape.filters);
      ASSERT_EQ(map.place(window.row(), window.column(), window.filter()),
                map.place(static_cast<std::size_t>(output)));
      for (int first = 0; first < shape.steps(); ++first)
        for (int last = first; last <= shape.steps(); ++last) {
          std::vector<std::int64_t> steps;
          for (int step = first; step < last; ++step) steps.push_back(window.step(step));
          ASSERT_EQ(read_in_runs(window, first, last), steps) << shape.kernel << ' ' << output;
        }
    }
  }
}

}  // namespace
}  // namespace citrine::testing
