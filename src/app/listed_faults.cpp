#include "app/listed_faults.h"

#include <utility>

#include "kernels/error.h"
#include "store/fault_list.h"

namespace citrine {
namespace {

// Options that say which faults are drawn, and how many.
constexpr const char* kDrawOptions[] = {
    "trials",      "layers",    "sites",           "sampling",       "strata",
    "pilot",       "permanent", "fault-bits",      "rates",          "curve-sites",
    "curve-seeds", "rise",      "exhaustive",      "until-failures", "until-width",
    "plan",        "margin",    "faults-per-trial"};

}  // namespace

void check_listed(const Options& options) {
  for (const auto* name : kDrawOptions)
    if (options.is_given(name))
      throw Error("options 'faults' and '", name,
                  "' cannot be given together: the faults of a list are not drawn");
}

void record_list(const std::string& sha256, nlohmann::json& config) {
  for (const auto* name : kDrawOptions) config.erase(name);
  config["faults"] = sha256;
}

std::string take_list(const Options& options, const IntegerNetwork& network, std::uint32_t images,
                      CampaignSettings& settings) {
  auto list = read_fault_list(options.text("faults"), network, settings.model, images);
  settings.sites.clear();
  settings.sampling = Sampling::list;
  settings.is_permanent = !list.has_images;
  settings.trials = list.trials.size() * (settings.is_permanent ? images : 1);
  settings.list = std::move(list.trials);
  return std::move(list.sha256);
}

}  // namespace citrine
