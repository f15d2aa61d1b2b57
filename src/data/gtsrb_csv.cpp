#include "data/gtsrb_csv.h"

#include <array>
#include <charconv>
#include <string_view>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::string_view kHeader = "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId";
constexpr int kMostPixels = 4096;

// The next part of `rest` up to `separator`, which is removed with it.
std::string_view take(std::string_view& rest, char separator) {
  const auto end = rest.find(separator);
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

std::string_view take_line(std::string_view& rest) {
  auto line = take(rest, '\n');
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

int number(std::string_view text, int most, const std::string& where) {
  int value = -1;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (code != std::errc{} || end != text.data() + text.size() || value < 0 || value > most)
    throw Error(where, ": a number from 0 to ", most, " must stand here, got '", text, "'");
  return value;
}

void check_row(const SignRow& row, const std::string& where) {
  const Box& box = row.box;
  if (row.file.empty() || row.file.find('/') != std::string::npos)
    throw Error(where, ": must name a file in the same folder, got '", row.file, "'");
  if (box.left >= box.right || box.top >= box.bottom || box.right > row.width ||
      box.bottom > row.height)
    throw Error(where, ": the sign must lie in its image of ", row.width, "x", row.height, ", got ",
                box.left, " ", box.top, " ", box.right, " ", box.bottom);
}

SignRow parse_row(std::string_view line, const std::string& where) {
  SignRow row;
  row.file = take(line, ';');
  std::array<int*, 6> columns = {&row.width,   &row.height,    &row.box.left,
                                 &row.box.top, &row.box.right, &row.box.bottom};
  for (int* column : columns) *column = number(take(line, ';'), kMostPixels, where);
  row.label = static_cast<std::uint8_t>(number(line, kSignClasses - 1, where));
  check_row(row, where);
  return row;
}

}  // namespace

std::vector<SignRow> parse_gtsrb_csv(std::span<const std::uint8_t> bytes, const std::string& file) {
  std::string_view rest(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto header = take_line(rest);
  if (header != kHeader)
    throw Error(file, ": must begin with '", kHeader, "', got '", header.substr(0, 80), "'");
  std::vector<SignRow> rows;
  for (int line = 2; !rest.empty(); ++line)
    rows.push_back(parse_row(take_line(rest), file + " line " + std::to_string(line)));
  if (rows.empty()) throw Error(file, ": must list at least one image");
  return rows;
}

}  // namespace citrine
