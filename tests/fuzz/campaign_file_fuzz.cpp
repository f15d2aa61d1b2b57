// Reader of campaigns: raw bytes, and contents with fuzzed rows, curve and summary.
#include "../store/contents_fuzz.h"
#include "../store/samples.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto valid = campaign_contents(testing::sample_campaign(), "fuzz.h5");
  testing::fuzz_reader({bytes, size}, kCampaignSchema, valid, [](const Contents& contents) {
    campaign_summary_from(contents);
    return campaign_contents(campaign_from(contents), "fuzz.h5");
  });
  return 0;
}
