#pragma once
// Writes what was measured for a person and for a paper.
#include <filesystem>
#include <span>

namespace citrine {

// From run directories and files (networks, integer networks, campaigns) to `out`: index.html,
// report.h5, figures as SVG with their gnuplot scripts, tables as CSV. Layouts in docs/format.md.
// Returns the path of the page.
std::filesystem::path write_report(std::span<const std::filesystem::path> inputs,
                                   const std::filesystem::path& out);

}  // namespace citrine
