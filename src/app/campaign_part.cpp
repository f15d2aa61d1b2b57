#include "app/campaign_part.h"

#include <algorithm>
#include <array>
#include <vector>

#include "app/merge.h"
#include "app/target.h"
#include "kernels/error.h"
#include "store/files.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Options that look at all trials, or are not of a campaign's file.
constexpr const char* kWholeOptions[] = {"until-failures", "until-width", "until-time", "only",
                                         "plan"};

Shard shard_of(const Options& options, const Ranks& ranks) {
  if (ranks.count() == 1) return options.is_given("shard") ? shard(options.text("shard")) : Shard{};
  if (options.is_given("shard"))
    throw Error("option 'shard' cannot be given to ", ranks.count(),
                " ranks, each of which runs one of as many shards");
  return {.index = ranks.index(), .count = ranks.count()};
}

fs::path rank_path(fs::path out, Shard shard) {
  return out += ".shard-" + std::to_string(shard.index + 1) + "-of-" + std::to_string(shard.count);
}

// A result that is there already, as a kill left it between the merge and the removal of its first
// part, must be that of the parts.
void check_merged(const fs::path& first, const Options& options) {
  auto origin = read_origin(first);
  origin.record.erase("shard");
  is_finished(options.text("out"), origin, options);
}

}  // namespace

CampaignPart campaign_part(const Options& options, const Ranks& ranks) {
  const auto shard = shard_of(options, ranks);
  CampaignPart part{
      .assignment = {.shard = shard, .deadline = Deadline(options.real("until-time"))},
      .out = options.text("out")};
  for (const auto* name : kWholeOptions)
    if (!shard.is_whole() && options.is_given(name))
      throw Error("option '", name, "' needs the whole campaign in one process, got shard ",
                  name_of(shard));
  if (options.is_given("only") || options.toggle("plan")) return part;
  check_no_input(part.out, options.arguments());
  check_no_input(part.out, std::array{options.text("faults")});
  if (ranks.count() > 1) {
    check_target(part.out, rank_path(part.out, {.index = 0, .count = ranks.count()}), options);
    part.out = rank_path(part.out, shard);
  }
  check_target(part.out, shard.is_whole() ? row_log_path(part.out) : part.out, options);
  return part;
}

void record(Shard shard, Origin& origin) {
  if (!shard.is_whole()) origin.record["shard"] = name_of(shard);
}

void gather(const Options& options, const Ranks& ranks) {
  ranks.wait_for_all();
  if (ranks.count() == 1 || !ranks.is_first()) return;
  std::vector<fs::path> paths;
  for (std::uint64_t i = 0; i < ranks.count(); ++i)
    paths.push_back(rank_path(options.text("out"), {.index = i, .count = ranks.count()}));
  check_merged(paths.front(), options);
  merge(paths, options);
  std::for_each(paths.rbegin(), paths.rend(), [](const fs::path& path) { fs::remove(path); });
}

}  // namespace citrine
