#include "report/report.h"

#include <utility>

#include "report/content.h"
#include "report/csv.h"
#include "report/figures.h"
#include "report/page.h"
#include "report/report_file.h"
#include "store/contents_file.h"
#include "store/files.h"

namespace citrine {

std::filesystem::path write_report(std::span<const std::filesystem::path> inputs,
                                   const std::filesystem::path& out,
                                   nlohmann::ordered_json comparison) {
  auto content = read_content(inputs);
  content.comparison = std::move(comparison);
  const auto figures = draw_figures(content);
  write_figures(figures, out);
  for (const auto& table : csv_tables(content)) write_text(out / (table.name + ".csv"), table.text);
  write_contents(out / "report.h5", kReportSchema, report_contents(content));
  auto page = out / "index.html";
  write_text(page, html_page(content, figures));
  return page;
}

}  // namespace citrine
