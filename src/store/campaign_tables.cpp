#include "store/campaign_tables.h"

#include <string>

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
  visit_row(put_columns(contents, "rows", rows, true));
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
  visit_point(put_columns(contents, "curve", curve, true));
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

}  // namespace citrine
