#include "objectives/schedule.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "kernels/error.h"
#include "objectives/axis_tiling.h"

namespace citrine {
namespace {

constexpr auto kFilters = TileLoop::filters, kChannels = TileLoop::channels, kArea = TileLoop::area;
constexpr std::array<LoopOrder, 6> kOrders = {{{kFilters, kArea, kChannels},
                                               {kArea, kFilters, kChannels},
                                               {kFilters, kChannels, kArea},
                                               {kChannels, kFilters, kArea},
                                               {kArea, kChannels, kFilters},
                                               {kChannels, kArea, kFilters}}};

using Trips = std::array<std::int64_t, 3>;  // by TileLoop

std::int64_t trips_of(const Trips& trips, TileLoop loop) {
  return trips[static_cast<std::size_t>(loop)];
}

// How often all tiles of an operand pass that does not depend on `loop`: once, unless a loop inside
// changes the tile in between.
std::int64_t passes(const LoopOrder& order, const Trips& trips, TileLoop loop) {
  const auto changes = [&](TileLoop inner) { return trips_of(trips, inner) > 1; };
  const auto* at = std::ranges::find(order, loop);
  return std::any_of(at + 1, order.end(), changes) ? trips_of(trips, loop) : 1;
}

class Minimizer {
 public:
  Minimizer(const ConvolutionGroup& shape, const Accelerator& accelerator)
      : shape_(shape),
        accelerator_(accelerator),
        room_(8 * accelerator.buffer_bytes),
        weights_(accelerator.weight_bits * shape.weights()),
        outputs_(shape.outputs() * accelerator.frames),
        channel_sizes_(quotient_sizes(shape.channels)) {
    for (const auto& order : kOrders)
      if (accelerator.tile_dataflow.value_or(dataflow_of(order)) == dataflow_of(order))
        orders_.push_back(order);
  }

  Schedule minimize() {
    const auto columns = axis_tilings(shape_, shape_.in_width, shape_.out_width);
    const auto frames = quotient_sizes(accelerator_.frames);
    for (const auto& row : axis_tilings(shape_, shape_.in_height, shape_.out_height))
      for (const auto& column : columns)
        for (const int frame : frames) try_area(row, column, frame);
    if (!has_tile_)
      throw Error("the buffer must hold one tile, at least ", least_buffer_bytes(), " bytes, got ",
                  accelerator_.buffer_bytes);
    return best_;
  }

 private:
  struct Area {
    const AxisTiling& rows;
    const AxisTiling& columns;
    int frames;
    std::int64_t input_bits;    // of all tiles, all channels
    std::int64_t channel_bits;  // of the largest tile, one channel
    std::int64_t pixels;        // outputs of a tile
    std::int64_t tiles;
  };

  void try_area(const AxisTiling& rows, const AxisTiling& columns, int frames) {
    const std::int64_t bits = accelerator_.activation_bits;
    const Area area = {
        .rows = rows,
        .columns = columns,
        .frames = frames,
        .input_bits = bits * shape_.channels * rows.read * columns.read * accelerator_.frames,
        .channel_bits = bits * rows.largest * columns.largest * frames,
        .pixels = std::int64_t{rows.size} * columns.size * frames,
        .tiles = rows.tiles * columns.tiles * ceil_divide(accelerator_.frames, frames)};
    if (has_tile_ && area.input_bits + weights_ + bits * outputs_ >= best_bits_) return;
    for (const int channels : channel_sizes_) {
      const int filters = most_filters(area, channels);
      if (filters == 0) return;  // more channels need more room
      try_orders(area, channels, filters);
    }
  }

  // A larger tile of filters costs room alone, so the largest that fits is best; 0 if none does.
  int most_filters(const Area& area, int channels) const {
    const std::int64_t room = room_ - area.channel_bits * channels;
    const std::int64_t each = accelerator_.weight_bits * shape_.kernel_area() * channels +
                              accelerator_.accumulator_bits * area.pixels;
    return static_cast<int>(std::clamp<std::int64_t>(room / each, 0, shape_.filters));
  }

  void try_orders(const Area& area, int channels, int filters) {
    const Trips trips = {ceil_divide(shape_.filters, filters),
                         ceil_divide(shape_.channels, channels), area.tiles};
    for (const auto& order : orders_) {
      const Traffic traffic = {.input = area.input_bits * passes(order, trips, kFilters),
                               .weights = weights_ * passes(order, trips, kArea),
                               .output = accelerator_.activation_bits * outputs_,
                               .partial = 2 * (passes(order, trips, kChannels) - 1) *
                                          accelerator_.accumulator_bits * outputs_};
      if (has_tile_ && traffic.total() >= best_bits_) continue;
      has_tile_ = true;
      best_bits_ = traffic.total();
      best_ = {order, {filters, channels, area.rows.size, area.columns.size, area.frames}, traffic};
    }
  }

  // Of one output pixel, one channel and one filter.
  std::int64_t least_buffer_bytes() const {
    const auto rows = tile_axis(shape_, shape_.in_height, shape_.out_height, 1);
    const auto columns = tile_axis(shape_, shape_.in_width, shape_.out_width, 1);
    return ceil_divide(accelerator_.activation_bits * rows.largest * columns.largest +
                           accelerator_.weight_bits * shape_.kernel_area() +
                           accelerator_.accumulator_bits,
                       8);
  }

  const ConvolutionGroup& shape_;
  const Accelerator& accelerator_;
  std::int64_t room_, weights_, outputs_;
  std::vector<int> channel_sizes_;
  std::vector<LoopOrder> orders_;
  bool has_tile_ = false;
  std::int64_t best_bits_ = 0;
  Schedule best_;
};

std::string_view name_of(TileLoop loop) {
  constexpr std::array<std::string_view, 3> kNames = {"filters", "channels", "area"};
  return kNames[static_cast<std::size_t>(loop)];
}

}  // namespace

Dataflow dataflow_of(const LoopOrder& order) {
  if (order.back() == kArea) return Dataflow::weight_stationary;
  return order.back() == kChannels ? Dataflow::output_stationary : Dataflow::input_stationary;
}

std::string text_of(const LoopOrder& order) {
  std::string text;
  for (const auto loop : order) text += (text.empty() ? "" : " > ") + std::string(name_of(loop));
  return text;
}

Schedule least_traffic(const ConvolutionGroup& shape, const Accelerator& accelerator) {
  return Minimizer(shape, accelerator).minimize();
}

}  // namespace citrine
