#pragma once
// Pieces of HTML text.
#include <string>
#include <string_view>
#include <vector>

#include "faultsim/statistics.h"

namespace citrine {

std::string escape(std::string_view text);
std::string section(std::string_view title, std::string_view body);
std::string details(std::string_view summary, std::string_view body);
// Cells are HTML already; columns from the second on are numbers, aligned right.
std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows);

// 1234567 -> "1 234 567" with thin spaces.
std::string grouped(std::int64_t value);
// Three significant digits.
std::string number(double value);
// "1.23 %", below 1 % "0.0123 %".
std::string percent(double share);
// "[1.01, 1.48]", in per cent; a dash if there is none.
std::string percent(Interval interval);
// "1.23 % [1.01, 1.48]".
std::string percent(double share, Interval interval);

}  // namespace citrine
