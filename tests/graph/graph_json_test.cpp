// JSON of a graph: what is written, what is read, and every way to be wrong.
#include "graph/graph_json.h"

#include <sys/resource.h>

#include <algorithm>
#include <fstream>

#include <gmock/gmock.h>

#include "graph/random_graph.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

json small() {
  return json::parse(R"({
    "schema": "citrine graph", "version": 1,
    "input": {"height": 8, "width": 8, "channels": 3},
    "nodes": [
      {"name": "input", "op": "input"},
      {"name": "conv", "op": "convolution", "inputs": ["input"], "channels": 4, "kernel": 3, "padding": 1},
      {"name": "relu", "op": "relu", "inputs": ["conv"]},
      {"name": "sum", "op": "add", "inputs": ["conv", "relu"]}],
    "output": "sum"})");
}

// The message about `object`, empty where it is a graph.
std::string refusal(const json& object) {
  try {
    graph_from_json(object);
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

template <class Edit>
std::string refusal_after(const Edit& edit) {
  auto object = small();
  edit(object);
  return refusal(object);
}

TEST(GraphJson, WritesOnlyWhatDiffersFromTheDefaults) {
  EXPECT_EQ(to_json(graph_from_json(small())), small());
}

TEST(GraphJson, RoundTripKeepsRandomGraphs) {
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto graph = testing::random_graph({7, i});
    const auto back = graph_from_json(parse_json(to_json(graph).dump(), "test"));
    ASSERT_EQ(back.nodes(), graph.nodes());
    ASSERT_EQ(back.input_shape(), graph.input_shape());
  }
}

TEST(GraphJson, AcceptsNodesInAnyOrder) {
  for (std::uint64_t i = 0; i < 300; ++i) {
    const auto graph = testing::random_graph({8, i});
    auto object = to_json(graph);
    auto& nodes = object["nodes"];
    testing::Draws draws({9, i});
    for (int k = static_cast<int>(nodes.size()) - 1; k > 0; --k)
      std::swap(nodes[static_cast<std::size_t>(k)],
                nodes[static_cast<std::size_t>(draws.below(k + 1))]);
    ASSERT_EQ(canonical_hash(graph_from_json(object)), canonical_hash(graph)) << object.dump(1);
  }
}

TEST(GraphJson, NamesANodeOnTheCycle) {
  // "tail" only waits for the cycle a -> b -> c -> a, although it comes first.
  const auto message = refusal_after([](json& object) {
    object["nodes"] = json::parse(R"([
      {"name": "tail", "op": "relu", "inputs": ["c"]}, {"name": "input", "op": "input"},
      {"name": "a", "op": "add", "inputs": ["input", "c"]},
      {"name": "b", "op": "relu", "inputs": ["a"]}, {"name": "c", "op": "relu", "inputs": ["b"]}])");
    object["output"] = "tail";
  });
  EXPECT_THAT(message, ::testing::MatchesRegex("[abc]: lies on a cycle"));
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][2]["inputs"] = {"relu"}; }),
            "relu: lies on a cycle");
}

TEST(GraphJson, RefusesAnotherSchemaOrVersion) {
  for (const json& version : {json(2), json(0), json("1"), json(1.0), json(true), json()})
    EXPECT_EQ(refusal_after([&](json& object) { object["version"] = version; }),
              "graph: version must be 1, got " + version.dump());
  EXPECT_THAT(refusal_after([](json& object) { object.erase("version"); }),
              HasSubstr("version must be 1"));
  EXPECT_THAT(refusal_after([](json& object) { object["schema"] = "citrine network"; }),
              HasSubstr("schema must be 'citrine graph'"));
  for (const json& other : {json(), json(3), json::array(), json("graph")})
    EXPECT_EQ(refusal(other), "graph: must be an object");
}

TEST(GraphJson, NamesTheNearestKeyAndOperationWithTheNode) {
  EXPECT_THAT(refusal_after([](json& object) { object["nodes"][1]["chanels"] = 3; }),
              HasSubstr("conv: unknown key 'chanels': did you mean 'channels'"));
  EXPECT_THAT(refusal_after([](json& object) { object["nodes"][1]["op"] = "convolutoin"; }),
              HasSubstr("conv: unknown operation 'convolutoin': did you mean 'convolution'"));
  EXPECT_THAT(refusal_after([](json& object) { object["outputs"] = "sum"; }),
              HasSubstr("graph: unknown key 'outputs': did you mean 'output'"));
  EXPECT_THAT(refusal_after([](json& object) { object["input"]["hight"] = 3; }),
              HasSubstr("input: unknown key 'hight': did you mean 'height'"));
}

TEST(GraphJson, RefusesWhatIsMissing) {
  for (const char* key : {"schema", "version", "input", "nodes", "output"})
    EXPECT_NE(refusal_after([&](json& object) { object.erase(key); }), "") << key;
  for (const char* key : {"height", "width", "channels"})
    EXPECT_NE(refusal_after([&](json& object) { object["input"].erase(key); }), "") << key;
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][1].erase("name"); }),
            "node 1: name must be a text");
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][1].erase("op"); }),
            "conv: op must be a text");
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][1].erase("inputs"); }),
            "conv: convolution needs 1 input, got 0");
  EXPECT_EQ(refusal_after([](json& object) { object["output"] = "non"; }),
            "graph: the output 'non' is not a node");
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][2]["inputs"] = {"cnv"}; }),
            "relu: its input 'cnv' is not a node");
}

// The message about a text, empty where it is JSON.
std::string parse_refusal(const std::string& text) {
  try {
    parse_json(text, "f.json");
    return {};
  } catch (const Error& error) {
    return error.what();
  }
}

// One line of printable ASCII, however long and whatever the text is that it speaks of.
bool is_a_sentence(const std::string& message) {
  return message.size() > 10 && message.size() < 700 &&
         std::ranges::all_of(message, [](char c) { return c >= ' ' && c <= '~'; });
}

TEST(GraphJson, MessagesAreSentencesWhateverTheTexts) {
  for (const auto& text :
       {std::string(1'000'000, 'v'), std::string("a\n\x1b[31mred"), std::string("\xc2\x9b")}) {
    EXPECT_PRED1(is_a_sentence, refusal_after([&](json& object) { object["version"] = text; }));
    EXPECT_PRED1(is_a_sentence, refusal_after([&](json& object) { object[text] = 1; }));
    EXPECT_PRED1(is_a_sentence, refusal_after([&](json& object) { object["output"] = text; }));
    for (const char* key : {"name", "op"})
      EXPECT_PRED1(is_a_sentence,
                   refusal_after([&](json& object) { object["nodes"][1][key] = text; }));
    EXPECT_PRED1(is_a_sentence,
                 refusal_after([&](json& object) { object["nodes"][2]["inputs"] = {text}; }));
    EXPECT_PRED1(is_a_sentence, refusal_after([&](json& object) {
                   object["nodes"][1]["name"] = text;
                   object["nodes"][1].erase("op");
                 }));
    const auto quoted = json(text).dump();
    EXPECT_PRED1(is_a_sentence, parse_refusal("{" + quoted + ": 1, " + quoted + ": 2}"));
    EXPECT_PRED1(is_a_sentence, parse_refusal("[1, " + quoted));
    EXPECT_PRED1(is_a_sentence, parse_refusal("[1, " + quoted + " 2]"));
    EXPECT_PRED1(is_a_sentence, parse_refusal("[1, \"" + text));
  }
}

TEST(GraphJson, RefusesRepeatedNamesAndReadOutputs) {
  EXPECT_EQ(refusal_after([](json& object) { object["nodes"][2]["name"] = "conv"; }),
            "conv: two nodes have this name");
  EXPECT_EQ(refusal_after([](json& object) { object["output"] = "relu"; }),
            "relu: the output must have no readers, but sum reads it");
}

TEST(GraphJson, RefusesWrongTypesEverywhere) {
  const auto expect_refusals = [](const json& value, const json& parent, const auto& keys) {
    for (const char* key : keys) {
      const auto at = json::json_pointer(parent.get<std::string>() + "/" + key);
      EXPECT_NE(refusal_after([&](json& object) { object[at] = value; }), "") << at << value;
    }
  };
  using Keys = std::vector<const char*>;
  const std::vector<json> wrong = {json(),     json(-1),     json(1.5),        json(true),
                                   json(1e30), json("text"), json::array({1}), json::object({})};
  for (const auto& value : wrong) {
    expect_refusals(value, "", Keys{"input", "nodes", "output", "schema"});
    expect_refusals(value, "/input", Keys{"height", "width", "channels"});
    expect_refusals(value, "/nodes", Keys{"1"});
    expect_refusals(value, "/nodes/1",
                    Keys{"op", "inputs", "channels", "kernel", "stride", "padding", "groups"});
    expect_refusals(value, "/nodes/1", value.is_boolean() ? Keys{} : Keys{"has_bias"});
    expect_refusals(value, "/nodes/1", value.is_string() ? Keys{} : Keys{"name"});
  }
}

std::string nested(int depth, const std::string& open, const std::string& close) {
  std::string text;
  for (int i = 0; i < depth; ++i) text += open;
  text += "1";
  for (int i = 0; i < depth; ++i) text += close;
  return text;
}

TEST(ParseJson, CountsTheDepth) {
  EXPECT_EQ(parse_refusal(nested(64, "[", "]")), "");
  EXPECT_EQ(parse_refusal(nested(65, "[", "]")),
            "f.json: JSON is nested deeper than 64 at byte 64");
  EXPECT_EQ(parse_refusal(nested(64, R"({"a":)", "}")), "");
  EXPECT_THAT(parse_refusal(nested(65, R"({"a":)", "}")), HasSubstr("nested deeper than 64"));
  EXPECT_EQ(parse_refusal("[\"" + std::string(1000, '[') + "\\\"" + std::string(100, '{') + "\"]"),
            "");
}

#if defined(__SANITIZE_THREAD__)
constexpr int kShadow = 4;  // bytes that the sanitizer keeps beside each
#else
constexpr int kShadow = 1;
#endif

// A million levels would need some hundred MiB of tree, and a recursive reader's stack.
TEST(ParseJson, RefusesDeepTextsWithoutMemory) {
  rusage before{}, after{};
  getrusage(RUSAGE_SELF, &before);
  for (const int depth : {100'000, 1'000'000}) {
    EXPECT_THAT(parse_refusal(nested(depth, "[", "]")), HasSubstr("nested deeper than 64"));
    EXPECT_THAT(parse_refusal(nested(depth, R"({"nodes":)", "}")), HasSubstr("nested deeper than"));
    EXPECT_THAT(parse_refusal(std::string(static_cast<std::size_t>(depth), ']') +
                              std::string(static_cast<std::size_t>(depth), '[')),
                HasSubstr("not valid JSON"));
  }
  getrusage(RUSAGE_SELF, &after);
  EXPECT_LT(after.ru_maxrss - before.ru_maxrss, kShadow * 64 * 1024);  // KiB; the texts are 10 MiB
}

TEST(ParseJson, SaysWhereTheTextIsWrong) {
  EXPECT_THAT(parse_refusal("{\n  \"a\": 1,\n  oops}"), HasSubstr("line 3, column 3"));
  for (const char* text : {"", "{\"a\": ", "[1,]", "\"\\x\"", "nul", "1 2", "\"\xff\"", "\\", "\""})
    EXPECT_THAT(parse_refusal(text), HasSubstr("f.json: not valid JSON: ")) << text;
}

TEST(ParseJson, RefusesKeysGivenTwice) {
  EXPECT_EQ(parse_refusal(R"({"a": 1, "b": {"a": 2}})"), "");
  EXPECT_EQ(parse_refusal(R"([{"a": 1}, {"a": 1}])"), "");
  EXPECT_EQ(parse_refusal(R"({"b": {"a": 1, "c": {}, "a": 2}})"),
            "f.json: the key 'a' appears twice in one object");
  EXPECT_EQ(parse_refusal(R"({"a": 1, "\u0061": 2})"),
            "f.json: the key 'a' appears twice in one object");
}

TEST(ParseJson, RefusesMoreThan64MiB) {
  EXPECT_THAT(parse_refusal(std::string((std::size_t{64} << 20) + 1, ' ')), HasSubstr("64 MiB"));
}

TEST(ReadGraphJson, NamesTheFile) {
  const auto path = std::filesystem::path(::testing::TempDir()) / "graph_json_test.json";
  std::ofstream(path) << small();
  EXPECT_EQ(to_json(read_graph_json(path)), small());
  std::ofstream(path) << R"({"schema": "citrine graph", "version": 7})";
  EXPECT_THAT([&] { read_graph_json(path); },
              ::testing::ThrowsMessage<Error>(path.string() + ": graph: version must be 1, got 7"));
  std::filesystem::remove(path);
  for (const auto& absent : {path, path.parent_path()})
    EXPECT_THAT([&] { read_graph_json(absent); },
                ::testing::ThrowsMessage<Error>(absent.string() + ": cannot be read"));
}

}  // namespace
}  // namespace citrine
