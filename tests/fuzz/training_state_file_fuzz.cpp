// Reader of training states: raw bytes, and contents with fuzzed weights, momentum and history.
#include "../store/contents_fuzz.h"
#include "../store/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto graph = testing::sample_graph();
  const auto contents_of = [](const TrainingState& state, const Origin& origin) {
    return training_state_contents(graph, state, origin, "fuzz.h5");
  };
  static const auto valid = contents_of(testing::sample_training_state(), {});
  testing::fuzz_reader({bytes, size}, kTrainingStateSchema, valid, [&](const Contents& contents) {
    return contents_of(training_state_from(contents, graph), origin_from(contents));
  });
  return 0;
}
