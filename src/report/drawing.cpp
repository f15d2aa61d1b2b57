#include "report/drawing.h"

#include <sstream>
#include <string_view>
#include <vector>

#include "report/program.h"

namespace citrine {
namespace {

bool is_fused(const Graph& graph, int index) {
  const auto kind = graph.node(index).op.kind;
  return kind == OpKind::batch_norm || kind == OpKind::relu || kind == OpKind::relu6 ||
         kind == OpKind::identity;
}

std::string label(const Graph& graph, int index) {
  const auto& op = graph.node(index).op;
  const auto& shape = graph.shape(index);
  std::ostringstream text;
  switch (op.kind) {
    case OpKind::input:
      text << "image\\n" << shape.height << "x" << shape.width << "x" << shape.channels;
      break;
    case OpKind::convolution:
      text << (op.groups > 1 && op.groups == op.channels ? "depthwise " : "conv ") << op.kernel
           << "x" << op.kernel << "\\n"
           << op.channels << " ch" << (op.stride > 1 ? " /" + std::to_string(op.stride) : "");
      break;
    case OpKind::fully_connected:
      text << "fc\\n" << op.channels;
      break;
    case OpKind::max_pool:
      text << "max " << op.kernel << "x" << op.kernel;
      break;
    case OpKind::average_pool:
      text << "average " << op.kernel << "x" << op.kernel;
      break;
    case OpKind::global_average_pool:
      text << "global\\naverage";
      break;
    case OpKind::add:
      text << "+";
      break;
    default:
      text << name_of(op.kind);
      break;
  }
  return text.str();
}

std::string_view colour(OpKind kind) {
  switch (kind) {
    case OpKind::convolution:
      return "#3b82c4";
    case OpKind::fully_connected:
      return "#8f63c6";
    case OpKind::add:
    case OpKind::concat:
      return "#d9822b";
    case OpKind::max_pool:
    case OpKind::average_pool:
    case OpKind::global_average_pool:
      return "#3c9f6e";
    default:
      return "#7d8790";
  }
}

}  // namespace

std::string dot_source(const Graph& graph) {
  std::ostringstream text;
  text << "digraph network {\nrankdir=LR; bgcolor=transparent; nodesep=0.12; ranksep=0.22;\n"
          "node [shape=box, style=rounded, fontname=\"sans-serif\", fontsize=10, "
          "margin=\"0.06,0.03\", height=0.3, width=0.3];\n"
          "edge [arrowsize=0.5, color=\"#7d8790\"];\n";
  std::vector<int> drawn(
      static_cast<std::size_t>(graph.size()));  // the box that stands for each node
  for (int i = 0; i < graph.size(); ++i) {
    auto& box = drawn[static_cast<std::size_t>(i)];
    if (is_fused(graph, i)) {
      box = drawn[static_cast<std::size_t>(graph.node(i).inputs[0])];
      continue;
    }
    box = i;
    text << "n" << i << " [label=\"" << label(graph, i) << "\", color=\""
         << colour(graph.node(i).op.kind) << "\"];\n";
    for (const int input : graph.node(i).inputs)
      text << "n" << drawn[static_cast<std::size_t>(input)] << " -> n" << i << ";\n";
  }
  text << "}\n";
  return text.str();
}

std::string draw(const Graph& graph) {
  return themed_svg(run_program({"dot", "-Tsvg"}, dot_source(graph)));
}

}  // namespace citrine
