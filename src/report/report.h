#pragma once
// Writes what was measured for a person and for a paper.
#include <filesystem>
#include <span>

#include <nlohmann/json.hpp>

namespace citrine {

// From run directories and files (networks, integer networks, campaigns, exhaustive counts) to
// `out`: index.html, report.h5, figures as SVG with their gnuplot scripts, tables as CSV. Layouts
// in docs/format.md. `comparison`: what `citrine compare` prints of the campaigns; null to leave it
// out. Returns the path of the page.
std::filesystem::path write_report(std::span<const std::filesystem::path> inputs,
                                   const std::filesystem::path& out,
                                   nlohmann::ordered_json comparison = nullptr);

}  // namespace citrine
