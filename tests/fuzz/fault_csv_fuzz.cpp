// Any text gives trials that the network has, or an Error. Half of them begin behind a valid head.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "../store/samples.h"
#include "faultsim/fault_space.h"
#include "kernels/error.h"
#include "store/fault_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace citrine;
  static const auto network = testing::sample_integer_network().network;
  static const std::vector<std::string> layers = {"image", "middle", "logits"};
  constexpr std::uint32_t kImages = 4;
  if (size == 0) return 0;
  std::string text =
      bytes[0] % 2 == 0 ? "" : "trial,site,layer,element,step,bit,width,effect,value,image\n";
  text.append(reinterpret_cast<const char*>(bytes + 1), size - 1);
  try {
    const auto list = fault_list(parse_fault_csv(text, "fuzz.csv", layers), network, {}, kImages);
    if (list.trials.empty()) std::abort();
    for (const auto& trial : list.trials) {
      if (trial.image >= kImages) std::abort();
      check_together(network, trial.faults());
    }
  } catch (const Error& error) {
    if (std::string(error.what()).find("fuzz.csv") != 0) std::abort();
  }
  return 0;
}
