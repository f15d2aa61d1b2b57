#include "store/campaign_tables.h"

#include <string>

#include "store/campaign_check.h"
#include "store/columns.h"
#include "store/outcome_flags.h"

namespace citrine {
namespace {

// A further fault of a row.
struct FurtherFault {
  std::uint64_t row = 0;
  Fault fault;
};

// Calls visit(name, field) for each plain number of a fault; reading and writing share the names.
template <class Visit>
void visit_fault(const Visit& visit) {
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
}

template <class Visit>
void visit_row(const Visit& visit) {
  visit_fault(visit);
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

void put_further_faults(Contents& contents, const std::vector<Row>& rows) {
  std::vector<FurtherFault> faults;
  for (std::size_t i = 0; i < rows.size(); ++i)
    for (const auto& fault : rows[i].further) faults.push_back({i, fault});
  if (faults.empty()) return;
  put_codes<Effect>(
      contents, "further_faults/effect",
      column<std::uint8_t>(faults, [](auto& further) { return further.fault.effect; }), kEffects);
  const auto put = put_columns(contents, "further_faults", faults, true);
  put(
      "row", [](auto& further) -> auto& { return further.row; });
  visit_fault(put);
}

void take_further_faults(std::vector<Row>& rows, const Contents& contents) {
  if (!contents.has("further_faults/row")) return;
  std::vector<FurtherFault> faults(contents.list<std::uint64_t>("further_faults/row").size());
  fill_codes<Effect>(
      faults, contents, "further_faults/effect", kEffects,
      [](FurtherFault & further) -> auto& { return further.fault.effect; });
  const auto fill = fill_columns(contents, "further_faults", faults);
  fill(
      "row", [](auto& further) -> auto& { return further.row; });
  visit_fault(fill);
  for (std::uint64_t last = 0; auto& [row, fault] : faults) {
    if (row < last || row >= rows.size())
      throw Error("further_faults/row must rise and lie below ", rows.size(), ", got ", row);
    last = row;
    fault.site = rows[row].fault.site;
    rows[row].further.push_back(fault);
  }
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
  contents.put_list("rows/flags@names", names<Failure>(kFailures));
  visit_row(put_columns(contents, "rows", rows, true));
  put_further_faults(contents, rows);
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
  take_further_faults(rows, contents);
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
