#include "store/merge.h"

#include <algorithm>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "kernels/error.h"
#include "store/json_text.h"
#include "store/row_log.h"
#include "store/shard.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

template <class File, class Result>
struct Part {
  std::string name;
  Shard shard;
  File frame;  // what all shards have alike
  Result held;
};

CampaignFile read(const fs::path& path, CampaignResult& held) {
  auto file = read_campaign(path);
  held.rows.swap(file.result.rows);
  held.curve.swap(file.result.curve);
  return file;
}

ExhaustiveFile read(const fs::path& path, ExhaustiveResult& held) {
  auto file = read_exhaustive(path);
  std::swap(held, file.result);
  return file;
}

Contents contents(const CampaignFile& file, const std::string& where) {
  return campaign_contents(file, where);
}

Contents contents(const ExhaustiveFile& file, const std::string& where) {
  return exhaustive_contents(file, where);
}

[[noreturn]] void refuse_unfinished(const std::string& name) {
  throw Error(name, " is not finished: the command that began it continues it");
}

// Which shard the origin says; it says so no longer.
Shard take_shard(Origin& origin, const std::string& name) {
  if (origin.record.contains("unfinished")) refuse_unfinished(name);
  const auto text = origin.record.value("shard", name_of(Shard{}));
  origin.record.erase("shard");
  return shard(text);
}

template <class File>
nlohmann::json source_json(const File& file) {
  return {{"network", file.network_fingerprint},
          {"config", file.origin.config},
          {"record", file.origin.record},
          {"program", file.origin.program}};
}

// Options and inputs by name, then everything else.
template <class File, class Result>
void check_same(const Part<File, Result>& part, const Part<File, Result>& first) {
  const auto refuse = [&](const std::string& difference) {
    throw Error(part.name, " belongs to another campaign than ", first.name, ": ", difference);
  };
  const auto here = source_json(part.frame), there = source_json(first.frame);
  if (here != there) refuse(json_difference(here, there, "there"));
  const auto ours = contents(part.frame, part.name), others = contents(first.frame, first.name);
  const auto [one, two] = std::ranges::mismatch(ours.arrays(), others.arrays());
  if (one != ours.arrays().end()) refuse(one->first + " differs");
}

// For parts in the order of their shards.
template <class File, class Result>
void check_complete(const std::vector<Part<File, Result>>& parts) {
  const auto count = parts.front().shard.count;
  std::vector<bool> is_there(count, false);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto& [name, shard, frame, held] = parts[i];
    if (shard.count != count)
      throw Error(name, " is shard ", name_of(shard), ", ", parts.front().name, " is shard ",
                  name_of(parts.front().shard), ": all must be of one number of shards");
    if (is_there[shard.index])
      throw Error(parts[i - 1].name, " and ", name, " are both shard ", name_of(shard));
    is_there[shard.index] = true;
  }
  const auto missing = std::ranges::find(is_there, false);
  if (missing != is_there.end())
    throw Error(count - parts.size(), " of ", count, " shards are missing, the first is ",
                name_of(Shard{static_cast<std::uint64_t>(missing - is_there.begin()), count}));
}

template <class File, class Result>
std::vector<Part<File, Result>> read_parts(std::span<const fs::path> paths) {
  std::vector<Part<File, Result>> parts;
  for (const auto& path : paths) {
    auto& part = parts.emplace_back();
    part.name = path.string();
    if (!fs::exists(path) && fs::exists(row_log_path(path))) refuse_unfinished(part.name);
    part.frame = read(path, part.held);
    part.shard = take_shard(part.frame.origin, part.name);
    check_same(part, parts.front());
  }
  std::ranges::stable_sort(parts, {}, [](const auto& part) { return part.shard.index; });
  check_complete(parts);
  return parts;
}

using CampaignShard = Part<CampaignFile, CampaignResult>;

// Each site's trials are cut, or all of a list.
std::vector<Row> rows_of(const std::vector<CampaignShard>& parts) {
  const auto& frame = parts.front().frame.result;
  const auto& strata = frame.strata;
  std::vector<Row> rows;
  if (frame.sampling == Sampling::list) {
    for (const auto& part : parts)
      rows.insert(rows.end(), part.held.rows.begin(), part.held.rows.end());
    return rows;
  }
  for (auto stratum = strata.begin(); stratum != strata.end(); ++stratum) {
    if (stratum != strata.begin() && std::prev(stratum)->site == stratum->site) continue;
    for (const auto& part : parts)
      std::ranges::copy_if(part.held.rows, std::back_inserter(rows),
                           [&](const Row& row) { return row.fault.site == stratum->site; });
  }
  return rows;
}

// Points are dealt out, one to each shard in turn.
std::vector<CurvePoint> curve_of(const std::vector<CampaignShard>& parts) {
  std::size_t points = 0;
  for (const auto& part : parts) points += part.held.curve.size();
  std::vector<CurvePoint> curve;
  for (std::size_t point = 0; point < points; ++point) {
    const auto& [name, shard, frame, held] = parts[point % parts.size()];
    if (point / parts.size() >= held.curve.size())
      throw Error(name, " must have more of the ", points, " curve points of all shards, got ",
                  held.curve.size());
    curve.push_back(held.curve[point / parts.size()]);
  }
  return curve;
}

void add_criticality(std::vector<Criticality>& sums, const std::vector<Criticality>& added,
                     const std::string& name) {
  if (sums.empty())
    sums = added;
  else if (!added.empty()) {
    const auto shape = [](const Criticality& one) {
      return std::tuple(one.layer, one.site, one.sdc.size());
    };
    if (!std::ranges::equal(sums, added, {}, shape, shape))
      throw Error(name, ": criticality must be of the elements that other shards have");
    for (std::size_t i = 0; i < sums.size(); ++i)
      std::ranges::transform(sums[i].sdc, added[i].sdc, sums[i].sdc.begin(), std::plus());
  }
}

// Images are cut, and numbered anew in each shard.
void add_images(ExhaustiveResult& sum, const ExhaustiveResult& added, const std::string& name) {
  const auto first = sum.images();
  for (auto count : added.counts) {
    count.image += first;
    sum.counts.push_back(count);
  }
  sum.labels.insert(sum.labels.end(), added.labels.begin(), added.labels.end());
  sum.classes.insert(sum.classes.end(), added.classes.begin(), added.classes.end());
  add_criticality(sum.criticality, added.criticality, name);
  sum.trials += added.trials;
}

}  // namespace

CampaignFile merge_campaigns(std::span<const fs::path> shards) {
  auto parts = read_parts<CampaignFile, CampaignResult>(shards);
  auto rows = rows_of(parts);
  auto curve = curve_of(parts);
  auto whole = std::move(parts.front().frame);
  whole.result.rows = std::move(rows);
  whole.result.curve = std::move(curve);
  return whole;
}

ExhaustiveFile merge_exhaustive(std::span<const fs::path> shards) {
  const auto parts = read_parts<ExhaustiveFile, ExhaustiveResult>(shards);
  auto whole = parts.front().frame;
  for (const auto& part : parts) add_images(whole.result, part.held, part.name);
  return whole;
}

}  // namespace citrine
