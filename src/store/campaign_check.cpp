#include "store/campaign_check.h"

#include <algorithm>
#include <cmath>

#include "kernels/error.h"
#include "store/row_record.h"

namespace citrine {
namespace {

void check_row(const Row& row, std::size_t index, const CampaignFile& file) {
  const auto check_layer = [&](const Fault& fault) {
    if (fault.layer >= file.layers.size())
      throw Error("row ", index, " must be in one of ", file.layers.size(), " layers, got ",
                  fault.layer);
  };
  check_layer(row.fault);
  std::ranges::for_each(row.further, check_layer);
  const bool is_listed = file.result.sampling == Sampling::list;
  const std::size_t most = is_listed ? kMostFaults : file.result.faults_per_trial;
  if (records_of(row) > most || (!is_listed && records_of(row) < most))
    throw Error("row ", index, " must have ", is_listed ? "at most " : "", most, " faults, got ",
                records_of(row));
  if (row.image >= file.result.images)
    throw Error("row ", index, " must use one of ", file.result.images, " images, got ", row.image);
  if (std::isnan(row.outcome.logit_change) || row.outcome.logit_change < 0)
    throw Error("row ", index, " must have a change of the logits of at least 0, got ",
                row.outcome.logit_change);
}

void check_point(const CurvePoint& point, std::size_t index) {
  if (!(point.rate >= 0 && point.rate <= 1))
    throw Error("curve point ", index, " must have a rate in [0, 1], got ", point.rate);
  if (point.wrong > point.images || point.changed > point.images)
    throw Error("curve point ", index, " must count at most ", point.images, " images, got ",
                point.wrong, " wrong and ", point.changed, " changed");
}

}  // namespace

void check_curve(const std::vector<CurvePoint>& curve) {
  for (std::size_t i = 0; i < curve.size(); ++i) check_point(curve[i], i);
}

void check_campaign(const CampaignFile& file) {
  const auto& result = file.result;
  if (result.correct > result.images)
    throw Error("at most ", result.images, " images can be correct, got ", result.correct);
  if (result.labels.size() != result.images)
    throw Error(result.images, " images must have a label each, got ", result.labels.size());
  if (result.channels.size() != file.layers.size())
    throw Error(file.layers.size(), " layers must divide into channels each, got ",
                result.channels.size());
  for (std::size_t i = 0; i < result.rows.size(); ++i) check_row(result.rows[i], i, file);
  check_curve(result.curve);
}

}  // namespace citrine
