#pragma once
// How a file came to be. No times and no host: equal work gives equal bytes.
#include <cstdint>
#include <filesystem>
#include <string>

#include <nlohmann/json.hpp>

#include "store/contents.h"

namespace citrine {

struct Origin {
  nlohmann::json config = nlohmann::json::object();  // resolved options
  std::uint64_t seed = 0;
  // What the command adds: objectives, parent, operators, hashes of inputs.
  nlohmann::json record = nlohmann::json::object();
  std::string program = {};  // name and version of the writer; set by readers
};

// "citrine <version>" of this build.
std::string program_version();

// The group "origin".
void put_origin(Contents& contents, const Origin& origin);
Origin origin_from(const Contents& contents);
// Of any file of ours, without its arrays.
Origin read_origin(const std::filesystem::path& path);

}  // namespace citrine
