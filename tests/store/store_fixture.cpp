#include "store_fixture.h"

#include <algorithm>
#include <ostream>

namespace citrine::testing {

std::vector<std::string> StoreTest::names() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(folder_))
    names.push_back(entry.path().filename().string());
  std::ranges::sort(names);
  return names;
}

std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.what();
  }
  ADD_FAILURE() << "no Error was thrown";
  return {};
}

std::vector<Kind> kinds() {
  const std::string where = "sample";
  const auto graph = sample_graph();
  const auto state_from = [graph](const Contents& contents) {
    return training_state_from(contents, graph);
  };
  return {
      {kNetworkSchema, [=] { return network_contents(sample_network(), where); }, network_from,
       [=](const Contents& contents) { return network_contents(network_from(contents), where); }},
      {kIntegerNetworkSchema,
       [=] { return integer_network_contents(sample_integer_network(), where); },
       integer_network_from,
       [=](const Contents& contents) {
         return integer_network_contents(integer_network_from(contents), where);
       }},
      {kTrainingStateSchema,
       [=] {
         return training_state_contents(graph, sample_training_state(), sample_origin(), where);
       },
       [=](const Contents& contents) {
         origin_from(contents);
         state_from(contents);
       },
       [=](const Contents& contents) {
         return training_state_contents(graph, state_from(contents), origin_from(contents), where);
       }},
      {kCampaignSchema, [=] { return campaign_contents(sample_campaign(), where); }, campaign_from,
       [=](const Contents& contents) { return campaign_contents(campaign_from(contents), where); }},
      {kExhaustiveSchema, [=] { return exhaustive_contents(sample_exhaustive(), where); },
       exhaustive_from,
       [=](const Contents& contents) {
         return exhaustive_contents(exhaustive_from(contents), where);
       }}};
}

void PrintTo(const Kind& kind, std::ostream* out) { *out << kind.schema.name; }

}  // namespace citrine::testing
