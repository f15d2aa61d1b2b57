#include "store/campaign_file.h"

#include <algorithm>

#include "kernels/error.h"
#include "store/campaign_check.h"
#include "store/campaign_curve.h"
#include "store/campaign_sampling.h"
#include "store/campaign_tables.h"
#include "store/contents_file.h"
#include "store/located.h"

namespace citrine {
namespace {

// Bounds are left out: their last digit may differ between machines.
bool is_same(const SiteSummary& a, const SiteSummary& b) {
  return a.site == b.site && a.population == b.population && a.trials == b.trials &&
         a.outcomes == b.outcomes && a.right == b.right && a.right_sdc == b.right_sdc;
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
    put_sampling(contents, file.result);
    put_rows(contents, file.result.rows);
    put_curve(contents, file.result.curve);
    put_curve_summary(contents, file.result);
    put_summary(contents, summarize(file.result));
    put_origin(contents, file.origin);
    return contents;
  });
}

CampaignFile campaign_from(const Contents& contents) {
  return located(contents.where(), [&] {
    CampaignFile file;
    file.network_fingerprint = contents.scalar<std::string>("@network_fingerprint");
    file.layers = contents.list<std::string>("layers");
    file.result.rows = rows_from(contents);
    file.result.curve = curve_from(contents);
    file.result.population = contents.list<std::uint64_t>("population");
    file.result.labels = contents.list<std::uint8_t>("labels");
    file.result.images = contents.scalar<std::uint32_t>("@images");
    file.result.correct = contents.scalar<std::uint32_t>("@correct");
    file.origin = origin_from(contents);
    take_sampling(file.result, contents);
    check_campaign(file);
    take_curve_summary(file.result, contents);
    if (!std::ranges::equal(summarize(file.result), summary_from(contents), is_same))
      throw Error("summary must be what the rows add up to");
    return file;
  });
}

CampaignSummary campaign_summary_from(const Contents& contents) {
  return located(contents.where(), [&] {
    CampaignResult frame;
    take_sampling(frame, contents);
    return CampaignSummary{
        .network_fingerprint = contents.scalar<std::string>("@network_fingerprint"),
        .layers = contents.list<std::string>("layers"),
        .sites = summary_from(contents),
        .sampling = frame.sampling,
        .is_sequential = frame.is_sequential,
        .is_permanent = frame.is_permanent,
        .curve = curve_from(contents),
        .images = contents.scalar<std::uint32_t>("@images"),
        .correct = contents.scalar<std::uint32_t>("@correct"),
        .origin = origin_from(contents)};
  });
}

void write_campaign(const std::filesystem::path& path, const CampaignFile& file) {
  write_contents(path, kCampaignSchema, campaign_contents(file, path.string()));
}

CampaignFile read_campaign(const std::filesystem::path& path) {
  return campaign_from(read_contents(path, kCampaignSchema));
}

CampaignSummary read_campaign_summary(const std::filesystem::path& path) {
  return campaign_summary_from(read_contents(
      path, kCampaignSchema, [](std::string_view part) { return !part.starts_with("rows"); }));
}

}  // namespace citrine
