#pragma once
// Exact counts of every fault of outputs, stored weights and biases as a file.
#include <array>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faultsim/exhaustive.h"
#include "store/contents.h"
#include "store/origin.h"

namespace citrine {

struct ExhaustiveFile {
  std::string network_fingerprint;
  std::vector<std::string> layers;  // names, by index
  // Height, width, channels of what layers store, by index.
  std::vector<std::array<std::uint32_t, 3>> shapes = {};
  ExhaustiveResult result = {};
  Origin origin = {};
};

// Throw Error if the counts contradict each other or the file does not hold.
void write_exhaustive(const std::filesystem::path& path, const ExhaustiveFile& file);
ExhaustiveFile read_exhaustive(const std::filesystem::path& path);

// The same without a file; `where`: its name in messages.
Contents exhaustive_contents(const ExhaustiveFile& file, const std::string& where);
ExhaustiveFile exhaustive_from(const Contents& contents);

}  // namespace citrine
