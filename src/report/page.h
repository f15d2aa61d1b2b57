#pragma once
// The report as one self-contained HTML page: no script, no other file, light and dark, phone and
// desktop.
#include <span>
#include <string>

#include "report/content.h"
#include "report/figures.h"

namespace citrine {

std::string html_page(const ReportContent& content, std::span<const Figure> figures);

}  // namespace citrine
