// Reader of exhaustive counts: raw bytes, and contents with fuzzed counts.
#include "../store/contents_fuzz.h"
#include "../store/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto valid = exhaustive_contents(testing::sample_exhaustive(), "fuzz.h5");
  testing::fuzz_reader({bytes, size}, kExhaustiveSchema, valid, [](const Contents& contents) {
    return exhaustive_contents(exhaustive_from(contents), "fuzz.h5");
  });
  return 0;
}
