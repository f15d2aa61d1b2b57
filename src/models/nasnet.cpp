#include "models/nasnet.h"

#include <array>
#include <map>

#include "models/layers.h"

namespace citrine {
namespace {

enum class Kind { separable, average, maximum, none };

// What a block does to state `from` of its cell: 0 the current input, 1 the one before it, then the
// blocks in order.
struct Branch {
  Kind kind = Kind::none;
  int kernel = 1, from = 0;
};

struct Cell {
  std::array<std::array<Branch, 2>, 5> blocks;  // a block adds its two branches
  std::array<bool, 7> is_used;  // inside the cell; the states that are not make its output
  int stride;
};

// Zoph et al. 2018, figure 4.
constexpr Cell kNormal = {{{{{{Kind::separable, 5, 0}, {Kind::separable, 3, 1}}},
                            {{{Kind::separable, 5, 1}, {Kind::separable, 3, 1}}},
                            {{{Kind::average, 3, 0}, {Kind::none, 1, 1}}},
                            {{{Kind::average, 3, 1}, {Kind::average, 3, 1}}},
                            {{{Kind::separable, 3, 0}, {Kind::none, 1, 0}}}}},
                          {true, false, false, false, false, false, false},
                          1};
constexpr Cell kReduction = {{{{{{Kind::separable, 5, 0}, {Kind::separable, 7, 1}}},
                               {{{Kind::maximum, 3, 0}, {Kind::separable, 7, 1}}},
                               {{{Kind::average, 3, 0}, {Kind::separable, 5, 1}}},
                               {{{Kind::none, 1, 3}, {Kind::average, 3, 2}}},
                               {{{Kind::separable, 3, 2}, {Kind::maximum, 3, 0}}}}},
                             {true, true, true, false, false, false, false},
                             2};

struct Map {
  int node = 0, channels = 0;
  int halvings = 0;  // of the resolution
};

Operation pool(Kind kind, int kernel, int stride) {
  return {.kind = kind == Kind::average ? OpKind::average_pool : OpKind::max_pool,
          .kernel = kernel,
          .stride = stride,
          .padding = kernel / 2};
}

// Padding is symmetric; where TensorFlow's lies on one side (stride 2 on an even side) windows lie
// one pixel further up and left. Average pools count padding.
class Stack {
 public:
  explicit Stack(Shape input) : builder_(input) {}

  void stem(Operation op) {
    current_ = conv_bn("stem", {}, op);
    before_ = current_;
  }

  void add_cell(const std::string& name, const Cell& cell, int filters) {
    const Map output = cell_output(name, cell, filters);
    before_ = current_;
    current_ = output;
    is_first_ = false;
  }

  Graph build(int classes) && {
    classify(builder_, rectified(current_).node, "classifier", classes);
    return std::move(builder_).build();
  }

 private:
  // Shared by all that rectify the map.
  Map rectified(Map map) {
    const auto [found, is_new] = rectified_.try_emplace(map.node);
    if (is_new) found->second = builder_.relu(builder_.node(map.node).name + ".relu", map.node);
    map.node = found->second;
    return map;
  }

  Map conv_bn(const std::string& name, const Map& from, Operation op) {
    const int node = builder_.convolution(name, from.node, op);
    return {builder_.batch_norm(name + ".bn", node), op.channels,
            from.halvings + (op.stride == 2 ? 1 : 0)};
  }

  // Rectified, depthwise, pointwise, normalized; all of it twice.
  Map separable(const std::string& name, Map map, int channels, int kernel, int stride) {
    for (const char* part : {".first", ".second"}) {
      const auto depthwise = conv(map.channels, kernel, stride, map.channels);
      map.node = builder_.convolution(name + part + ".depthwise", rectified(map).node, depthwise);
      map.halvings += stride == 2 ? 1 : 0;
      map = conv_bn(name + part, map, conv(channels, 1));
      stride = 1;
    }
    return map;
  }

  // Halves the resolution by two paths of half the filters. The paper's second path reads the
  // pixels one further down and right, which no operation of a graph does: here it reads the mean
  // of the 3x3 pixels around those of the first.
  Map factorized_reduction(const std::string& name, const Map& from, int channels) {
    const Map read = rectified(from);
    const Map straight = conv_bn(name + ".path1", read, conv(channels / 2, 1, 2));
    Map mean = straight;
    mean.node = builder_.add(name + ".path2.pool", pool(Kind::average, 3, 2), {read.node});
    const Map shifted = conv_bn(name + ".path2", mean, conv(channels - channels / 2, 1));
    mean.node = builder_.add(name, {.kind = OpKind::concat}, {straight.node, shifted.node});
    mean.channels = channels;
    return mean;
  }

  Map fit_before(const std::string& name, int channels) {
    if (before_.halvings != current_.halvings) return factorized_reduction(name, before_, channels);
    if (is_first_ || before_.channels == channels) return before_;
    return conv_bn(name, rectified(before_), conv(channels, 1));
  }

  Map branch_output(const std::string& name, const Branch& branch, Map from, int channels,
                    int stride) {
    if (branch.kind == Kind::separable)
      return separable(name, from, channels, branch.kernel, stride);
    if (branch.kind != Kind::none) {
      from.node = builder_.add(name, pool(branch.kind, branch.kernel, stride), {from.node});
      from.halvings += stride == 2 ? 1 : 0;
    }
    if (from.channels == channels) return from;
    return conv_bn(name + ".fit", branch.kind == Kind::none ? rectified(from) : from,
                   conv(channels, 1));
  }

  Map block_output(const std::string& name, const Cell& cell, int block,
                   const std::vector<Map>& states, int channels) {
    std::array<Map, 2> sides;
    for (std::size_t side = 0; side < 2; ++side) {
      const auto& branch = cell.blocks[static_cast<std::size_t>(block)][side];
      sides[side] = branch_output(name + (side == 0 ? ".left" : ".right"), branch,
                                  states[static_cast<std::size_t>(branch.from)], channels,
                                  branch.from < 2 ? cell.stride : 1);
    }
    sides[0].node = builder_.add(name, {.kind = OpKind::add}, {sides[0].node, sides[1].node});
    return sides[0];
  }

  Map cell_output(const std::string& name, const Cell& cell, int channels) {
    const Map before = fit_before(name + ".before", channels);
    std::vector<Map> states = {conv_bn(name + ".current", rectified(current_), conv(channels, 1)),
                               before};
    for (int block = 0; block < 5; ++block)
      states.push_back(
          block_output(name + ".block" + std::to_string(block), cell, block, states, channels));
    Map output = {.halvings = states.back().halvings};
    std::vector<int> parts;
    for (std::size_t i = 0; i < states.size(); ++i) {
      if (cell.is_used[i] != 0) continue;
      if (states[i].channels != channels)
        states[i] = conv_bn(name + ".fit", states[i], conv(channels, 1));
      parts.push_back(states[i].node);
      output.channels += channels;
    }
    output.node = builder_.add(name, {.kind = OpKind::concat}, parts);
    return output;
  }

  GraphBuilder builder_;
  Map current_, before_;
  bool is_first_ = true;  // then the input before is the current one, as it is
  std::map<int, int> rectified_;
};

}  // namespace

Graph nasnet_a(Shape input, int classes, NasnetSize size) {
  Stack stack(input);
  if (size.has_small_stem) {
    stack.stem(conv(3 * size.filters, 3));
  } else {
    stack.stem({.channels = 32, .kernel = 3, .stride = 2});
    stack.add_cell("stem1", kReduction, size.filters / 4);
    stack.add_cell("stem2", kReduction, size.filters / 2);
  }
  for (int stage = 0; stage < 3; ++stage) {
    const auto name = std::to_string(stage + 1);
    if (stage > 0) stack.add_cell("reduction" + name, kReduction, size.filters << stage);
    for (int i = 0; i < size.repeats; ++i)
      stack.add_cell("stage" + name + "." + std::to_string(i), kNormal, size.filters << stage);
  }
  return std::move(stack).build(classes);
}

}  // namespace citrine
