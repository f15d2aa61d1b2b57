#include "report/html.h"

#include <cstdio>

namespace citrine {
namespace {

std::string printed(const char* format, double value) {
  char text[64];
  std::snprintf(text, sizeof text, format, value);
  return text;
}

// In per cent; small ones, by the greatest beside it, with more digits.
std::string percent_digits(double share, double greatest) {
  return printed(greatest > 0 && greatest < 0.01 ? "%.4f" : "%.2f", 100 * share);
}

std::string row(const char* tag, const std::vector<std::string>& cells) {
  std::string text = "<tr>";
  for (const auto& cell : cells) text += std::string("<") + tag + ">" + cell + "</" + tag + ">";
  return text + "</tr>\n";
}

}  // namespace

std::string escape(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else if (c == '"')
      escaped += "&quot;";
    else
      escaped += c;
  }
  return escaped;
}

std::string section(std::string_view title, std::string_view body) {
  return "<section>\n<h2>" + escape(title) + "</h2>\n" + std::string(body) + "</section>\n";
}

std::string details(std::string_view summary, std::string_view body) {
  return "<details><summary>" + escape(summary) + "</summary>\n" + std::string(body) +
         "</details>\n";
}

std::string table(const std::vector<std::string>& head,
                  const std::vector<std::vector<std::string>>& rows) {
  std::string text =
      "<div class=\"wide\"><table>\n<thead>" + row("th", head) + "</thead>\n<tbody>\n";
  for (const auto& cells : rows) text += row("td", cells);
  return text + "</tbody>\n</table></div>\n";
}

std::string grouped(std::int64_t value) {
  std::string digits = std::to_string(value);
  for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > (value < 0 ? 1 : 0); at -= 3)
    digits.insert(static_cast<std::size_t>(at), "\u2009");
  return digits;
}

std::string number(double value) { return printed("%.3g", value); }

std::string percent(double share) { return percent_digits(share, share) + " %"; }

std::string percent(Interval interval) {
  if (!interval.is_known()) return "–";
  return "<small>[" + percent_digits(interval.low, interval.high) + ", " +
         percent_digits(interval.high, interval.high) + "]</small>";
}

std::string percent(double share, Interval interval) {
  if (!interval.is_known()) return percent(share);
  return percent_digits(share, interval.high) + " % " + percent(interval);
}

}  // namespace citrine
