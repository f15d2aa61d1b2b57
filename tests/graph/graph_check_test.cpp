// Every rule of a graph, broken once.
#include <limits>

#include <gmock/gmock.h>

#include "graph/graph_builder.h"
#include "graph/weights.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;

constexpr Shape kInput{8, 6, 4};

// The message about nodes behind the input, empty where they make a graph.
std::string refusal(std::vector<Node> nodes, Shape input = kInput) {
  nodes.insert(nodes.begin(), Node{"input", {.kind = OpKind::input}, {}});
  try {
    Graph(input, std::move(nodes));
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

std::string refusal(Operation op, Shape input = kInput) { return refusal({{"n", op, {0}}}, input); }

constexpr OpKind kConv = OpKind::convolution;

TEST(GraphCheck, NamesAreUniqueAndOfTheAllowedLetters) {
  const Operation op{.kind = OpKind::relu};
  EXPECT_EQ(refusal({{"a", op, {0}}, {"A_b-1.c", op, {1}}}), "");
  EXPECT_EQ(refusal({{"a", op, {0}}, {"a", op, {1}}}), "a: two nodes have this name");
  for (const char* name : {"", "a b", "a/b", "\xc3\xa4", "a\n", ".", ".."})
    EXPECT_THAT(refusal({{name, op, {0}}}), HasSubstr("a node's name must be made of")) << name;
  for (const char* name : {"...", ".a", "a."}) EXPECT_EQ(refusal({{name, op, {0}}}), "") << name;
  EXPECT_EQ(refusal({{std::string(200, 'a'), op, {0}}}), "");
  EXPECT_EQ(
      refusal({{std::string(201, 'a'), op, {0}}}),
      "a node's name must be made of 1 to 200 letters, digits, '_', '.' and '-' and not be '.' "
      "or '..', got '" +
          std::string(64, 'a') + "...'");
}

TEST(GraphCheck, InputsAreEarlierNodesOfTheRightNumber) {
  const Operation add{.kind = OpKind::add}, relu{.kind = OpKind::relu};
  EXPECT_EQ(refusal({{"n", add, {0}}}), "n: add needs at least 2 inputs, got 1");
  EXPECT_EQ(refusal({{"n", {.kind = OpKind::concat}, {}}}),
            "n: concat needs at least 2 inputs, got 0");
  EXPECT_EQ(refusal({{"n", relu, {0, 0}}}), "n: relu needs 1 input, got 2");
  for (const int input : {1, 2, -1, std::numeric_limits<int>::max()})
    EXPECT_THAT(refusal({{"n", relu, {input}}}), HasSubstr("n: inputs must be earlier nodes, got"));
  EXPECT_EQ(refusal({{"n", {.kind = OpKind::input}, {}}}),
            "n: the first node, and no other, must be the input");
  EXPECT_THROW(Graph(kInput, {{"a", relu, {0}}, {"b", relu, {0}}}), Error);
}

TEST(GraphCheck, EveryNodeReachesTheOutput) {
  const Operation relu{.kind = OpKind::relu};
  EXPECT_EQ(refusal({{"dead", relu, {0}}, {"n", relu, {0}}}), "dead: must reach the output");
  EXPECT_EQ(refusal(std::vector<Node>{}), "a graph must have 2 to 100000 nodes, got 1");
  EXPECT_EQ(refusal(std::vector<Node>(100'000)), "a graph must have 2 to 100000 nodes, got 100001");
}

TEST(GraphCheck, AttributesStayInTheirRanges) {
  const Operation conv{.kind = kConv, .channels = 4, .kernel = 3, .padding = 1};
  EXPECT_EQ(refusal(conv), "");
  const auto with = [&](const auto& edit) {
    Operation op = conv;
    edit(op);
    return refusal(op);
  };
  for (const int value : {0, -1, 65537, std::numeric_limits<int>::max()}) {
    const auto got = ", got " + std::to_string(value);
    EXPECT_EQ(with([&](auto& op) { op.channels = value; }),
              "n: channels must be in 1..65536" + got);
    EXPECT_EQ(with([&](auto& op) { op.kernel = value; }), "n: kernel must be in 1..65536" + got);
    EXPECT_EQ(with([&](auto& op) { op.stride = value; }), "n: stride must be in 1..65536" + got);
  }
  for (const int value : {-1, 3, std::numeric_limits<int>::max()})
    EXPECT_THAT(with([&](auto& op) { op.padding = value; }), HasSubstr("n: padding must be"));
  EXPECT_EQ(with([](auto& op) { op.groups = 0; }), "n: groups must be at least 1, got 0");
}

TEST(GraphCheck, GroupsDivideChannelsAndFilters) {
  EXPECT_EQ(refusal({.kind = kConv, .channels = 10, .groups = 5}, {8, 8, 48}),
            "n: groups must divide 48 channels, got 5");
  EXPECT_EQ(refusal({.kind = kConv, .channels = 6, .groups = 4}),
            "n: groups must divide 6 filters, got 4");
  EXPECT_EQ(refusal({.kind = kConv, .channels = 8, .groups = 4}), "");
}

TEST(GraphCheck, UnusedAttributesKeepTheirDefaults) {
  for (int kind = 1; kind <= static_cast<int>(OpKind::identity); ++kind) {
    const auto name = std::string(name_of(static_cast<OpKind>(kind)));
    const bool is_many = name == "add" || name == "concat";
    const bool is_conv = name == "convolution",
               is_pool = name == "max_pool" || name == "average_pool";
    const bool has_channels = is_conv || name == "fully_connected" || name == "shortcut";
    Operation plain{.kind = static_cast<OpKind>(kind), .channels = has_channels ? 4 : 0};
    const auto is_refused = [&](const auto& edit) {
      Operation op = plain;
      edit(op);
      return refusal({{"n", op, is_many ? std::vector<int>{0, 0} : std::vector<int>{0}}}) ==
             "n: an attribute is set that " + name + " does not have";
    };
    EXPECT_EQ(is_refused([](auto& op) { op.channels += 4; }), !has_channels) << name;
    EXPECT_EQ(is_refused([](auto& op) { op.kernel = 3; }), !is_conv && !is_pool) << name;
    EXPECT_EQ(is_refused([](auto& op) { op.stride = 2; }),
              !is_conv && !is_pool && name != "shortcut")
        << name;
    EXPECT_EQ(is_refused([](auto& op) { op.padding = 1; }), !is_conv && !is_pool) << name;
    EXPECT_EQ(is_refused([](auto& op) { op.groups = 2; }), !is_conv) << name;
    EXPECT_EQ(is_refused([](auto& op) { op.has_bias = true; }),
              !is_conv && name != "fully_connected")
        << name;
  }
}

TEST(GraphCheck, WindowsFitTheMap) {
  EXPECT_EQ(refusal({.kind = OpKind::max_pool, .kernel = 6}), "");
  EXPECT_EQ(refusal({.kind = OpKind::max_pool, .kernel = 7}),
            "n: a 7x7 window does not fit a 8x6 map with padding 0");
  EXPECT_EQ(refusal({.kind = OpKind::average_pool, .kernel = 3, .padding = 2}),
            "n: a pool's padding must be at most half of its kernel 3, got 2");
}

TEST(GraphCheck, MergedMapsFit) {
  const Node half{"half", {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {0}};
  const Node wide{"wide", {.kind = kConv, .channels = 5}, {0}};
  const auto merge = [&](OpKind kind, const Node& other) {
    return refusal({other, {"sum", {.kind = kind}, {0, 1}}});
  };
  EXPECT_EQ(merge(OpKind::add, half), "sum: inputs must have one shape, got 8x6x4 and 4x3x4");
  EXPECT_EQ(merge(OpKind::add, wide), "sum: inputs must have one shape, got 8x6x4 and 8x6x5");
  EXPECT_EQ(merge(OpKind::concat, half), "sum: inputs must have one shape, got 8x6x4 and 4x3x4");
  EXPECT_EQ(merge(OpKind::concat, wide), "");
}

TEST(GraphCheck, ShortcutsAddAnEvenNumberOfChannels) {
  EXPECT_EQ(refusal({.kind = OpKind::shortcut, .channels = 8, .stride = 2}), "");
  EXPECT_EQ(refusal({.kind = OpKind::shortcut, .channels = 7}),
            "n: a shortcut adds an even number of channels, got 4 -> 7");
  EXPECT_EQ(refusal({.kind = OpKind::shortcut, .channels = 2}),
            "n: a shortcut adds an even number of channels, got 4 -> 2");
}

TEST(GraphCheck, ShapesFollowTheDefinitions) {
  GraphBuilder builder({9, 7, 4});
  const int conv = builder.convolution("conv", 0, {.channels = 6, .kernel = 3, .stride = 2});
  const int pool = builder.add(
      "pool", {.kind = OpKind::max_pool, .kernel = 3, .stride = 2, .padding = 1}, {conv});
  const int cut =
      builder.add("cut", {.kind = OpKind::shortcut, .channels = 8, .stride = 2}, {pool});
  const int both = builder.add("both", {.kind = OpKind::concat}, {cut, cut});
  builder.fully_connected("fc", both, 5);
  const auto graph = std::move(builder).build();
  EXPECT_EQ(graph.shape(conv), (Shape{4, 3, 6}));
  EXPECT_EQ(graph.shape(pool), (Shape{2, 2, 6}));
  EXPECT_EQ(graph.shape(cut), (Shape{1, 1, 8}));
  EXPECT_EQ(graph.shape(both), (Shape{1, 1, 16}));
  EXPECT_EQ(graph.consumers(cut), (std::vector<int>{both, both}));
  EXPECT_EQ(count_macs(graph), 4 * 3 * 6 * 9 * 4 + 16 * 5);
  EXPECT_EQ(count_parameters(graph), 6 * 9 * 4 + 16 * 5 + 5);
}

TEST(GraphCheck, SidesAndChannelsStayBounded) {
  EXPECT_EQ(refusal({.kind = OpKind::relu}, {65537, 1, 1}),
            "the input's sides and channels must be in 1..65536, got 65537");
  EXPECT_EQ(refusal({.kind = OpKind::relu}, {1, 1, 0}),
            "the input's sides and channels must be in 1..65536, got 0");
  // A side of s becomes s + 2 * 65535 - 65536 + 1.
  const Operation growing{.kind = kConv, .channels = 1, .kernel = 65536, .padding = 65535};
  EXPECT_EQ(refusal(growing, {2, 1, 1}), "n: a map's sides must be at most 65536, got 65537x65536");
  EXPECT_EQ(refusal(growing, {1, 2, 1}), "n: a map's sides must be at most 65536, got 65536x65537");
  EXPECT_EQ(refusal({{"n", {.kind = OpKind::concat}, {0, 0}}}, {1, 1, 40000}),
            "n: channels must be in 1..65536, got 80000");
  EXPECT_EQ(refusal({{"n", {.kind = OpKind::add}, {0, 0}}}, {1, 1, 40000}), "");
}

TEST(GraphCheck, TellsWhatIsTooLargeFromWhatIsWrong) {
  const auto make = [](Shape input, Operation op) {
    Graph(input, {{"input", {.kind = OpKind::input}, {}}, {"n", op, {0}}});
  };
  const Operation growing{.kind = kConv, .channels = 1, .kernel = 65536, .padding = 65535};
  EXPECT_THROW(make(kInput, {.kind = kConv, .channels = 65537}), GraphTooLarge);
  EXPECT_THROW(make({2, 1, 1}, growing), GraphTooLarge);
  EXPECT_THROW(make({65536, 65536, 65536}, {.kind = kConv, .channels = 65536}), GraphTooLarge);
  EXPECT_THROW(Graph({1, 1, 40000}, {{"input", {.kind = OpKind::input}, {}},
                                     {"n", {.kind = OpKind::concat}, {0, 0}}}),
               GraphTooLarge);
  EXPECT_THROW(Graph(kInput, std::vector<Node>(100'001)), GraphTooLarge);
  for (const auto& wrong : {Operation{.kind = kConv}, Operation{.kind = kConv, .channels = -1},
                            Operation{.kind = kConv, .channels = 4, .kernel = 9}}) {
    bool is_too_large = false;
    try {
      make(kInput, wrong);
      ADD_FAILURE();
    } catch (const Error& error) {
      is_too_large = dynamic_cast<const GraphTooLarge*>(&error) != nullptr;
    }
    EXPECT_FALSE(is_too_large);
  }
}

TEST(GraphCheck, CountsStayFarFromOverflow) {
  // 2^16 * 2^16 * 2^16 outputs of 2^16 products each would be 2^64.
  EXPECT_THAT(refusal({.kind = kConv, .channels = 65536}, {65536, 65536, 65536}),
              HasSubstr("n: a graph must have at most 2^53 multiply-accumulates"));
  // 2^48 elements a map: 32 maps are 2^53, one more is too many.
  std::vector<Node> chain;
  for (int i = 0; i < 31; ++i)
    chain.push_back({"n" + std::to_string(i), {.kind = OpKind::relu}, {i}});
  EXPECT_EQ(refusal(chain, {65536, 65536, 65536}), "");
  chain.push_back({"last", {.kind = OpKind::relu}, {31}});
  EXPECT_THAT(refusal(chain, {65536, 65536, 65536}), HasSubstr("last: a graph must have at most"));
}

}  // namespace
}  // namespace citrine
