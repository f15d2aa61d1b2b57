#pragma once
// Tables of a report as comma-separated values (RFC 4180).
#include <string>
#include <vector>

#include "report/content.h"

namespace citrine {

struct CsvTable {
  std::string name;  // file name without ending
  std::string text;
};

// candidates, generations, outcomes (by network, site and layer, with intervals), groups (as
// outcomes, by bit, channel, class, label and element of the array) and curve; empty ones are left
// out.
std::vector<CsvTable> csv_tables(const ReportContent& content);

}  // namespace citrine
