#pragma once
// Files as values: each carries schema, version, configuration, seed and the hash of what it came from. Written beside,
// synced, renamed. The first 512 bytes of every HDF5 file are a user block with a SHA-256 of the rest, checked before
// HDF5 sees the file, so damage is one clear sentence. Layouts in docs/format.md.
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"
#include "graph/training_state.h"
#include "graph/weights.h"
#include "quant/integer_network.h"

namespace citrine {

// Writes `path` through a file beside it that is synced and renamed; `write` gets the temporary path.
void write_atomically(const std::filesystem::path& path, const std::function<void(const std::filesystem::path&)>& write);
void write_text(const std::filesystem::path& path, std::string_view text);
std::string read_text(const std::filesystem::path& path, std::uint64_t max_bytes = std::uint64_t{64} << 20);

// How a file came to be. No times and no host: equal work gives equal bytes.
struct Origin {
  nlohmann::json config = nlohmann::json::object();  // resolved options
  std::uint64_t seed = 0;
  nlohmann::json record = nlohmann::json::object();  // what the command adds: objectives, parent, operators, hashes of inputs
};

struct NetworkFile {
  Network network;
  Origin origin;
};
void write_network(const std::filesystem::path& path, const NetworkFile& file);
NetworkFile read_network(const std::filesystem::path& path);
Origin read_origin(const std::filesystem::path& path);  // of any file of ours, without its arrays

void write_training_state(const std::filesystem::path& path, const Graph& graph, const TrainingState& state,
                          const Origin& origin);
TrainingState read_training_state(const std::filesystem::path& path, const Graph& graph);

struct IntegerNetworkFile {
  IntegerNetwork network;
  Graph graph;  // of the float network it came from
  Origin origin;
};
void write_integer_network(const std::filesystem::path& path, const IntegerNetworkFile& file);
IntegerNetworkFile read_integer_network(const std::filesystem::path& path);

struct CampaignFile {
  std::string network_fingerprint;
  std::vector<std::string> layers;  // names, by index
  CampaignResult result;
  Origin origin;
};
void write_campaign(const std::filesystem::path& path, const CampaignFile& file);
CampaignFile read_campaign(const std::filesystem::path& path);

// "network", "integer network", "training state", "campaign" or "report", from the user block; Error if not ours.
std::string schema_of(const std::filesystem::path& path);

// Held by the process that works in a run directory; Error that names the holder if another one does.
class RunLock {
 public:
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  int descriptor_ = -1;
};

}  // namespace citrine
