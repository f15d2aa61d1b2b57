#include "store/campaign_tables.h"

#include <string>
#include <type_traits>
#include <utility>

#include "kernels/error.h"
#include "store/campaign_check.h"
#include "store/columns.h"
#include "store/outcome_flags.h"

namespace citrine {
namespace {

// Calls visit(name, field) for each plain number of a row; reading and writing share the names.
template <class Visit>
void visit_row(const Visit& visit) {
  visit(
      "layer", [](auto& row) -> auto& { return row.fault.layer; });
  visit(
      "element", [](auto& row) -> auto& { return row.fault.element; });
  visit(
      "step", [](auto& row) -> auto& { return row.fault.step; });
  visit(
      "bit", [](auto& row) -> auto& { return row.fault.bit; });
  visit(
      "width", [](auto& row) -> auto& { return row.fault.width; });
  visit(
      "value", [](auto& row) -> auto& { return row.fault.value; });
  visit(
      "image", [](auto& row) -> auto& { return row.image; });
  visit(
      "golden_class", [](auto& row) -> auto& { return row.outcome.golden_class; });
  visit(
      "faulty_class", [](auto& row) -> auto& { return row.outcome.faulty_class; });
  visit(
      "logit_change", [](auto& row) -> auto& { return row.outcome.logit_change; });
}

template <class Visit>
void visit_point(const Visit& visit) {
  visit(
      "rate", [](auto& point) -> auto& { return point.rate; });
  visit(
      "seed", [](auto& point) -> auto& { return point.seed; });
  visit(
      "faults", [](auto& point) -> auto& { return point.faults; });
  visit(
      "images", [](auto& point) -> auto& { return point.images; });
  visit(
      "wrong", [](auto& point) -> auto& { return point.wrong; });
  visit(
      "changed", [](auto& point) -> auto& { return point.changed; });
}

// Shares of a site and the bounds of its intervals.
template <class Visit>
void visit_bounds(const Visit& visit) {
  visit(
      "sdc_low", [](auto& site) -> auto& { return site.sdc.low; });
  visit(
      "sdc_high", [](auto& site) -> auto& { return site.sdc.high; });
  visit(
      "sdc_share", [](auto& site) -> auto& { return site.sdc_share; });
  visit(
      "sdc_images_low", [](auto& site) -> auto& { return site.sdc_images.low; });
  visit(
      "sdc_images_high", [](auto& site) -> auto& { return site.sdc_images.high; });
  visit(
      "right_sdc_low", [](auto& site) -> auto& { return site.right_sdc_share.low; });
  visit(
      "right_sdc_high", [](auto& site) -> auto& { return site.right_sdc_share.high; });
}

template <class Row, class Field>
using FieldType = std::decay_t<std::invoke_result_t<const Field&, Row&>>;

template <class Row>
auto put_columns(Contents& contents, const std::string& group, const std::vector<Row>& rows) {
  return [&contents, group, &rows](const char* name, const auto& field) {
    using T = FieldType<Row, std::decay_t<decltype(field)>>;
    contents.put_list(group + "/" + name, column<T>(rows, field), true);
  };
}

template <class Row>
auto fill_columns(const Contents& contents, const std::string& group, std::vector<Row>& rows) {
  return [&contents, group, &rows](const char* name, const auto& field) {
    using T = FieldType<Row, std::decay_t<decltype(field)>>;
    fill_column<T>(rows, contents, group + "/" + name,
                   [&](Row& row, T value) { field(row) = value; });
  };
}

std::string outcome_path(int kind) {
  return "summary/" + std::string(name_of(static_cast<OutcomeKind>(kind)));
}

void check_site(const SiteSummary& site) {
  std::uint64_t left = site.trials;
  for (const auto count : site.outcomes) {
    if (count > left) throw Error("summary/trials must be the sum of the outcomes");
    left -= count;
  }
  if (left != 0) throw Error("summary/trials must be the sum of the outcomes");
  if (site.right > site.trials || site.right_sdc > site.right)
    throw Error("summary/right must be at most trials, and right_sdc at most right");
  if (!(site.sdc_share >= 0 && site.sdc_share <= 1))
    throw Error("summary/sdc_share must lie from 0 to 1, got ", site.sdc_share);
  for (const auto& [name, share] :
       {std::pair("sdc", site.sdc), std::pair("sdc_images", site.sdc_images),
        std::pair("right_sdc", site.right_sdc_share)})
    if (!(share.low >= 0 && share.low <= share.high && share.high <= 1))
      throw Error("summary/", name, "_low and ", name, "_high must be an interval within [0, 1]");
}

}  // namespace

void put_rows(Contents& contents, const std::vector<Row>& rows) {
  using Code = std::uint8_t;
  put_codes<Site>(contents, "rows/site",
                  column<Code>(rows, [](const Row& row) { return row.fault.site; }), kSites);
  put_codes<Effect>(contents, "rows/effect",
                    column<Code>(rows, [](const Row& row) { return row.fault.effect; }), kEffects);
  put_codes<OutcomeKind>(contents, "rows/outcome",
                         column<Code>(rows, [](const Row& row) { return row.outcome.kind; }),
                         kOutcomeKinds);
  contents.put_list("rows/flags",
                    column<Code>(rows, [](const Row& row) { return outcome_flags(row.outcome); }),
                    true);
  contents.put_list("rows/flags@names",
                    std::vector<std::string>(kOutcomeFlags.begin(), kOutcomeFlags.end()));
  visit_row(put_columns(contents, "rows", rows));
}

std::vector<Row> rows_from(const Contents& contents) {
  std::vector<Row> rows(contents.list<std::uint8_t>("rows/site").size());
  fill_codes<Site>(
      rows, contents, "rows/site", kSites, [](Row & row) -> auto& { return row.fault.site; });
  fill_codes<Effect>(
      rows, contents, "rows/effect", kEffects, [](Row & row) -> auto& { return row.fault.effect; });
  fill_codes<OutcomeKind>(
      rows, contents, "rows/outcome", kOutcomeKinds,
      [](Row & row) -> auto& { return row.outcome.kind; });
  fill_column<std::uint8_t>(rows, contents, "rows/flags", [](Row& row, std::uint8_t bits) {
    set_outcome_flags(row.outcome, bits);
  });
  visit_row(fill_columns(contents, "rows", rows));
  return rows;
}

void put_curve(Contents& contents, const std::vector<CurvePoint>& curve) {
  put_codes<Site>(contents, "curve/site",
                  column<std::uint8_t>(curve, [](const CurvePoint& point) { return point.site; }),
                  kSites);
  visit_point(put_columns(contents, "curve", curve));
}

std::vector<CurvePoint> curve_from(const Contents& contents) {
  std::vector<CurvePoint> curve(contents.list<std::uint8_t>("curve/site").size());
  fill_codes<Site>(
      curve, contents, "curve/site", kSites,
      [](CurvePoint & point) -> auto& { return point.site; });
  visit_point(fill_columns(contents, "curve", curve));
  check_curve(curve);
  return curve;
}

void put_summary(Contents& contents, const std::vector<SiteSummary>& sites) {
  using Count = std::uint64_t;
  put_codes<Site>(contents, "summary/site",
                  column<std::uint8_t>(sites, [](auto& site) { return site.site; }), kSites);
  contents.put_list("summary/population",
                    column<Count>(sites, [](auto& site) { return site.population; }));
  contents.put_list("summary/trials", column<Count>(sites, [](auto& site) { return site.trials; }));
  contents.put_list("summary/right", column<Count>(sites, [](auto& site) { return site.right; }));
  contents.put_list("summary/right_sdc",
                    column<Count>(sites, [](auto& site) { return site.right_sdc; }));
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    contents.put_list(outcome_path(static_cast<int>(kind)),
                      column<Count>(sites, [&](auto& site) { return site.outcomes[kind]; }));
  visit_bounds([&](const char* name, const auto& field) {
    contents.put_list(std::string("summary/") + name, column<double>(sites, field));
  });
}

std::vector<SiteSummary> summary_from(const Contents& contents) {
  using Count = std::uint64_t;
  std::vector<SiteSummary> sites(contents.list<std::uint8_t>("summary/site").size());
  fill_codes<Site>(
      sites, contents, "summary/site", kSites,
      [](SiteSummary & site) -> auto& { return site.site; });
  const auto fill = [&]<class T>(const std::string& path, T, const auto& field) {
    fill_column<T>(sites, contents, path, [&](SiteSummary& site, T value) { field(site) = value; });
  };
  fill(
      "summary/population", Count{}, [](auto& site) -> auto& { return site.population; });
  fill(
      "summary/trials", Count{}, [](auto& site) -> auto& { return site.trials; });
  fill(
      "summary/right", Count{}, [](auto& site) -> auto& { return site.right; });
  fill(
      "summary/right_sdc", Count{}, [](auto& site) -> auto& { return site.right_sdc; });
  for (std::size_t kind = 0; kind < kOutcomeKinds; ++kind)
    fill(
        outcome_path(static_cast<int>(kind)),
        Count{}, [&](auto& site) -> auto& { return site.outcomes[kind]; });
  visit_bounds([&](const char* name, const auto& field) {
    fill(std::string("summary/") + name, double{}, field);
  });
  for (const auto& site : sites) check_site(site);
  return sites;
}

}  // namespace citrine
