// Reader of network files: raw bytes, and contents with fuzzed graph, weights and origin.
#include "../store/contents_fuzz.h"
#include "../store/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto valid = network_contents(testing::sample_network(), "fuzz.h5");
  testing::fuzz_reader({bytes, size}, kNetworkSchema, valid, [](const Contents& contents) {
    return network_contents(network_from(contents), "fuzz.h5");
  });
  return 0;
}
