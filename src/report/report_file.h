#pragma once
// The report as one HDF5 file for a paper: every table and what it was made from; layout in
// docs/format.md.
#include "report/content.h"
#include "store/contents.h"

namespace citrine {

Contents report_contents(const ReportContent& content);

}  // namespace citrine
