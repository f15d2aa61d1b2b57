#include "store/campaign_file.h"

#include <algorithm>
#include <utility>

#include "kernels/error.h"
#include "store/campaign_check.h"
#include "store/campaign_curve.h"
#include "store/campaign_sampling.h"
#include "store/campaign_sums.h"
#include "store/campaign_tables.h"
#include "store/contents_file.h"
#include "store/located.h"

namespace citrine {
namespace {

// Bounds are left out: their last digit may differ between machines.
bool is_same(const SiteSummary& a, const SiteSummary& b) {
  return a.site == b.site && a.population == b.population && a.sum.counts() == b.sum.counts() &&
         a.right == b.right && a.right_sdc == b.right_sdc && a.right_after == b.right_after;
}

// All but the rows.
CampaignFile frame_from(const Contents& contents) {
  CampaignFile file;
  file.network_fingerprint = contents.scalar<std::string>("@network_fingerprint");
  file.layers = contents.list<std::string>("layers");
  auto& result = file.result;
  result.curve = curve_from(contents);
  result.population = contents.list<std::uint64_t>("population");
  result.labels = contents.list<std::uint8_t>("labels");
  result.images = contents.scalar<std::uint32_t>("@images");
  result.correct = contents.scalar<std::uint32_t>("@correct");
  take_shapes(result, contents);
  take_sampling(result, contents);
  take_curve_summary(result, contents);
  file.origin = origin_from(contents);
  return file;
}

}  // namespace

Contents campaign_contents(const CampaignFile& file, const std::string& where) {
  return located(where, [&] {
    Contents contents(where);
    check_campaign(file);
    contents.put_scalar("@network_fingerprint", file.network_fingerprint);
    contents.put_scalar("@images", file.result.images);
    contents.put_scalar("@correct", file.result.correct);
    contents.put_list("layers", file.layers);
    contents.put_list("population", file.result.population);
    contents.put_list("labels", file.result.labels);
    put_shapes(contents, file.result);
    put_sampling(contents, file.result);
    put_rows(contents, file.result.rows);
    put_curve(contents, file.result.curve);
    put_curve_summary(contents, file.result);
    put_summary(contents, summarize(file.result));
    put_groups(contents, outcome_groups(file.result), file.result);
    put_origin(contents, file.origin);
    return contents;
  });
}

CampaignFile campaign_from(const Contents& contents) {
  return located(contents.where(), [&] {
    auto file = frame_from(contents);
    file.result.rows = rows_from(contents);
    check_campaign(file);
    const auto sites = summary_from(contents);
    if (!std::ranges::equal(summarize(file.result), sites, is_same))
      throw Error("summary must be what the rows add up to");
    groups_from(contents, file.result, sites);
    return file;
  });
}

CampaignSummary campaign_summary_from(const Contents& contents) {
  return located(contents.where(), [&] {
    auto file = frame_from(contents);
    check_campaign(file);
    CampaignSummary summary{.network_fingerprint = std::move(file.network_fingerprint),
                            .layers = std::move(file.layers),
                            .result = std::move(file.result),
                            .sites = summary_from(contents),
                            .origin = std::move(file.origin)};
    summary.groups = groups_from(contents, summary.result, summary.sites);
    return summary;
  });
}

void write_campaign(const std::filesystem::path& path, const CampaignFile& file) {
  write_contents(path, kCampaignSchema, campaign_contents(file, path.string()));
}

CampaignFile read_campaign(const std::filesystem::path& path) {
  return campaign_from(read_contents(path, kCampaignSchema));
}

CampaignSummary read_campaign_summary(const std::filesystem::path& path) {
  return campaign_summary_from(read_contents(path, kCampaignSchema, [](std::string_view part) {
    return !part.starts_with("rows") && !part.starts_with("further_faults");
  }));
}

}  // namespace citrine
