#include "store/campaign_curve.h"

#include <algorithm>

#include "faultsim/error_curve.h"
#include "store/columns.h"

namespace citrine {
namespace {

std::vector<RiseRate> rise_rates_of(const CampaignResult& result) {
  return rise_rates(error_curve(result), result.rises);
}

template <class Entry>
void put_sites(Contents& contents, const std::string& path, const std::vector<Entry>& entries) {
  put_codes<Site>(contents, path,
                  column<std::uint8_t>(entries, [](auto& entry) { return entry.site; }), kSites);
}

// Throws Error unless the column is the field of the entries.
template <class T, class Entry, class Field>
void check_column(const Contents& contents, const std::string& path,
                  const std::vector<Entry>& entries, const Field& field) {
  if (contents.list<T>(path) != column<T>(entries, field))
    throw Error(path, " must be what the curve adds up to");
}

void check_length(const Contents& contents, const std::string& path, std::size_t length) {
  if (const auto got = contents.list<double>(path).size(); got != length)
    throw Error(path, " must have ", length, " values, got ", got);
}

}  // namespace

void put_curve_summary(Contents& contents, const CampaignResult& result) {
  const auto bands = curve_bands(result.curve);
  const auto rates = rise_rates_of(result);
  const auto put = [&](const char* path, const auto& entries, const auto& field) {
    contents.put_list(path, column<double>(entries, field));
  };
  contents.put_list("rises", result.rises);
  put_sites(contents, "curve_summary/site", bands);
  put("curve_summary/rate", bands, [](auto& band) { return band.rate; });
  contents.put_list("curve_summary/seeds",
                    column<std::int32_t>(bands, [](auto& band) { return band.seeds; }));
  put("curve_summary/mean", bands, [](auto& band) { return band.mean; });
  put("curve_summary/deviation", bands, [](auto& band) { return band.deviation; });
  put("curve_summary/low", bands, [](auto& band) { return band.interval.low; });
  put("curve_summary/high", bands, [](auto& band) { return band.interval.high; });
  put_sites(contents, "rise_rates/site", rates);
  put("rise_rates/rise", rates, [](auto& rate) { return rate.rise; });
  put("rise_rates/rate", rates, [](auto& rate) { return rate.rate; });
  put("rise_rates/low", rates, [](auto& rate) { return rate.interval.low; });
  put("rise_rates/high", rates, [](auto& rate) { return rate.interval.high; });
}

void take_curve_summary(CampaignResult& result, const Contents& contents) {
  result.rises = contents.list<double>("rises");
  const auto bands = curve_bands(result.curve);
  const auto rates = rise_rates_of(result);
  check_column<std::uint8_t>(contents, "curve_summary/site", bands,
                             [](auto& band) { return band.site; });
  check_column<double>(contents, "curve_summary/rate", bands, [](auto& band) { return band.rate; });
  check_column<std::int32_t>(contents, "curve_summary/seeds", bands,
                             [](auto& band) { return band.seeds; });
  for (const char* name : {"mean", "deviation", "low", "high"})
    check_length(contents, std::string("curve_summary/") + name, bands.size());
  check_column<std::uint8_t>(contents, "rise_rates/site", rates,
                             [](auto& rate) { return rate.site; });
  check_column<double>(contents, "rise_rates/rise", rates, [](auto& rate) { return rate.rise; });
  for (const char* name : {"rate", "low", "high"})
    check_length(contents, std::string("rise_rates/") + name, rates.size());
}

}  // namespace citrine
