#pragma once
// A buffer that holds the words of one tile of each operand, driven multiply-accumulate by
// multiply-accumulate: the words that it misses, and the sums that it has to give up unfinished.
#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <span>
#include <vector>

#include "objectives/schedule.h"

namespace citrine::testing {

enum class Dimension : std::uint8_t { filters, channels, frames, height, width };

class BufferSimulator {
 public:
  BufferSimulator(const ConvolutionGroup& shape, const Accelerator& accelerator, const Tile& tile)
      : shape_(shape), accelerator_(accelerator), tile_(tile) {}

  // Loops over tiles, the outermost first; each dimension once.
  Traffic run(std::span<const Dimension> order) {
    loop(order, 0);
    write_back();
    return traffic_;
  }
  // Of a part of the buffer for each operand.
  std::int64_t most_bits() const {
    const auto bits = [](std::size_t words, int each) {
      return static_cast<std::int64_t>(words) * each;
    };
    return bits(most_inputs_, accelerator_.activation_bits) +
           bits(most_weights_, accelerator_.weight_bits) +
           bits(most_outputs_, accelerator_.accumulator_bits);
  }

 private:
  using Word = std::array<int, 4>;

  int extent(Dimension dimension) const {
    const std::array<int, 5> extents = {shape_.filters, shape_.channels, accelerator_.frames,
                                        shape_.out_height, shape_.out_width};
    return extents[static_cast<std::size_t>(dimension)];
  }
  int tile_extent(Dimension dimension) const {
    const std::array<int, 5> extents = {tile_.filters, tile_.channels, tile_.frames, tile_.height,
                                        tile_.width};
    return extents[static_cast<std::size_t>(dimension)];
  }
  int& begin(Dimension dimension) { return begin_[static_cast<std::size_t>(dimension)]; }

  void loop(std::span<const Dimension> order, std::size_t depth) {
    if (depth == order.size()) {
      compute_tile();
      return;
    }
    const auto dimension = order[depth];
    for (int at = 0; at < extent(dimension); at += tile_extent(dimension)) {
      begin(dimension) = at;
      loop(order, depth + 1);
    }
  }

  void compute_tile() {
    const auto [m, c, n, y, x] = begin_;
    change(input_tile_, {c, n, y, x}, [&] { inputs_.clear(); });
    change(weight_tile_, {m, c, 0, 0}, [&] { weights_.clear(); });
    change(output_tile_, {m, n, y, x}, [&] { write_back(); });
    each(Dimension::filters, [&](int filter) {
      each(Dimension::channels, [&](int channel) {
        each(Dimension::frames, [&](int frame) {
          each(Dimension::height, [&](int row) {
            each(Dimension::width, [&](int column) { add({filter, frame, row, column}, channel); });
          });
        });
      });
    });
    most_inputs_ = std::max(most_inputs_, inputs_.size());
    most_weights_ = std::max(most_weights_, weights_.size());
    most_outputs_ = std::max(most_outputs_, outputs_.size());
  }

  template <class Change>
  static void change(Word& held, const Word& wanted, const Change& act) {
    if (held == wanted) return;
    act();
    held = wanted;
  }
  template <class Body>
  void each(Dimension dimension, const Body& body) {
    const int first = begin(dimension),
              last = std::min(first + tile_extent(dimension), extent(dimension));
    for (int i = first; i < last; ++i) body(i);
  }

  // All multiply-accumulates of one channel for one output.
  void add(const Word& output, int channel) {
    if (outputs_.insert(output).second && sums_.contains(output))
      traffic_.partial += accelerator_.accumulator_bits;
    ++sums_[output];
    for (int tap_y = 0; tap_y < shape_.kernel; ++tap_y)
      for (int tap_x = 0; tap_x < shape_.kernel; ++tap_x) {
        if (weights_.insert({output[0], channel, tap_y, tap_x}).second)
          traffic_.weights += accelerator_.weight_bits;
        const int y = output[2] * shape_.stride - shape_.padding + tap_y,
                  x = output[3] * shape_.stride - shape_.padding + tap_x;
        if (y < 0 || x < 0 || y >= shape_.in_height || x >= shape_.in_width) continue;
        if (inputs_.insert({output[1], channel, y, x}).second)
          traffic_.input += accelerator_.activation_bits;
      }
  }

  void write_back() {
    for (const auto& output : outputs_)
      if (sums_[output] == shape_.channels)
        traffic_.output += accelerator_.activation_bits;
      else
        traffic_.partial += accelerator_.accumulator_bits;
    outputs_.clear();
  }

  const ConvolutionGroup& shape_;
  const Accelerator& accelerator_;
  Tile tile_;
  std::array<int, 5> begin_ = {};
  Word input_tile_ = {-1, 0, 0, 0}, weight_tile_ = {-1, 0, 0, 0}, output_tile_ = {-1, 0, 0, 0};
  std::set<Word> inputs_, weights_, outputs_;
  std::map<Word, int> sums_;  // channels that an output has seen
  Traffic traffic_;
  std::size_t most_inputs_ = 0, most_weights_ = 0, most_outputs_ = 0;
};

// A schedule's loops, the area's from frames to columns.
inline std::vector<Dimension> dimensions(const LoopOrder& order) {
  std::vector<Dimension> all;
  for (const auto loop : order)
    if (loop == TileLoop::filters)
      all.push_back(Dimension::filters);
    else if (loop == TileLoop::channels)
      all.push_back(Dimension::channels);
    else
      all.insert(all.end(), {Dimension::frames, Dimension::height, Dimension::width});
  return all;
}

}  // namespace citrine::testing
