#pragma once
// The kinds of files that citrine writes, each with the version of its layout (docs/format.md).
#include <array>
#include <string_view>

namespace citrine {

struct Schema {
  std::string_view name;
  int version = 1;
};

inline constexpr Schema kNetworkSchema{"network", 1};
inline constexpr Schema kIntegerNetworkSchema{"integer network", 3};
inline constexpr Schema kTrainingStateSchema{"training state", 1};
inline constexpr Schema kCampaignSchema{"campaign", 6};
inline constexpr Schema kExhaustiveSchema{"exhaustive", 3};
inline constexpr Schema kReportSchema{"report", 2};
inline constexpr std::array<Schema, 6> kSchemas = {kNetworkSchema,       kIntegerNetworkSchema,
                                                   kTrainingStateSchema, kCampaignSchema,
                                                   kExhaustiveSchema,    kReportSchema};

}  // namespace citrine
