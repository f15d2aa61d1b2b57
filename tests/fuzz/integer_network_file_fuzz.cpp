// Reader of integer network files: raw bytes, and contents with fuzzed layers, graph and origin.
#include "../store/contents_fuzz.h"
#include "../store/samples.h"

namespace {

// The fingerprint that a reader computes, from its message, so that it hides nothing behind it.
citrine::Contents with_fingerprint(citrine::Contents contents) {
  try {
    citrine::integer_network_from(contents);
  } catch (const citrine::Error& error) {
    const std::string text = error.what();
    if (text.find("expected fingerprint") == std::string::npos) throw;
    contents.put_scalar("@fingerprint", text.substr(text.size() - 16));
  }
  return contents;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto valid = integer_network_contents(testing::sample_integer_network(), "fuzz.h5");
  testing::fuzz_reader({bytes, size}, kIntegerNetworkSchema, valid, [](const Contents& contents) {
    const auto file = integer_network_from(with_fingerprint(contents));
    return integer_network_contents(file, "fuzz.h5");
  });
  return 0;
}
