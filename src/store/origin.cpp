#include "store/origin.h"

#include <algorithm>

#include "kernels/error.h"
#include "store/contents_file.h"
#include "store/json_text.h"
#include "store/seal.h"

namespace citrine {
namespace {

Schema known_schema(const std::string& name, const std::string& where) {
  const auto found = std::ranges::find(kSchemas, name, &Schema::name);
  if (found == kSchemas.end()) throw Error(where, ": unknown schema '", name, "'");
  return *found;
}

}  // namespace

std::string program_version() { return "citrine " CITRINE_VERSION; }

void put_origin(Contents& contents, const Origin& origin) {
  put_json(contents, "origin/config", origin.config);
  put_json(contents, "origin/record", origin.record);
  contents.put_scalar("origin@seed", origin.seed);
  contents.put_scalar("origin@program", program_version());
}

Origin origin_from(const Contents& contents) {
  return {.config = json_at(contents, "origin/config"),
          .seed = contents.scalar<std::uint64_t>("origin@seed"),
          .record = json_at(contents, "origin/record"),
          .program = contents.scalar<std::string>("origin@program")};
}

Origin read_origin(const std::filesystem::path& path) {
  const auto schema = known_schema(schema_of(path), path.string());
  return origin_from(read_contents(
      path, schema, [](std::string_view part) { return part.starts_with("origin"); }));
}

}  // namespace citrine
