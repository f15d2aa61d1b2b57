#pragma once
// The tables of a campaign's file: rows and curve.
#include <vector>

#include "store/campaign_file.h"
#include "store/contents.h"

namespace citrine {

// Groups "rows", "curve". Readers throw Error unless each column holds and all of a
// table have one length.
void put_rows(Contents& contents, const std::vector<Row>& rows);
std::vector<Row> rows_from(const Contents& contents);
void put_curve(Contents& contents, const std::vector<CurvePoint>& curve);
std::vector<CurvePoint> curve_from(const Contents& contents);

}  // namespace citrine
