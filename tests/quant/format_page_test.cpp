// The tables of docs/format.md, "Number formats", are what the code gives.
#include <algorithm>
#include <bitset>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>

#include "quant/number_format.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;

std::string page() {
  std::ifstream file(CITRINE_SOURCE_DIR "/docs/format.md");
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string binary(std::uint32_t code, int bits) {
  return std::bitset<32>(code).to_string().substr(32 - static_cast<std::size_t>(bits));
}

// In parentheses if the code is read but never written.
std::string cell(const NumberFormat& format, std::uint32_t code) {
  const auto value = format.value(code);
  const bool is_written =
      std::ranges::binary_search(format.values(), value) && format.code(value) == code;
  return is_written ? std::to_string(value) : "(" + std::to_string(value) + ")";
}

std::string sum(const std::vector<Term>& terms) {
  std::string text;
  for (const auto [is_negative, shift] : terms) {
    text += text.empty() ? (is_negative ? "-" : "") : (is_negative ? " - " : " + ");
    text += std::to_string(1 << shift);
  }
  return text.empty() ? "0" : text;
}

using Row = std::vector<std::string>;

std::string markdown(const Row& row) {
  std::string text = "|";
  for (const auto& entry : row) text += " " + entry + " |";
  return text + "\n";
}

std::string table(const Row& head, const std::vector<Row>& rows) {
  std::string text = markdown(head) + "|";
  for (std::size_t i = 0; i < head.size(); ++i) text += "---|";
  text += "\n";
  for (const auto& row : rows) text += markdown(row);
  return text;
}

TEST(FormatPage, ThreeBits) {
  Row head{"code"};
  std::vector<Row> rows;
  for (std::uint32_t code = 0; code < 8; ++code) rows.push_back({binary(code, 3)});
  for (const char* name :
       {"linear3", "magnitude3", "unsigned3", "pot3", "unsigned_pot3", "logsqrt3"}) {
    const NumberFormat format(name);
    head.emplace_back(name);
    for (std::uint32_t code = 0; code < 8; ++code) rows[code].push_back(cell(format, code));
  }
  EXPECT_THAT(page(), HasSubstr("\n\n" + table(head, rows) + "\n"));
}

TEST(FormatPage, AdditivePowers) {
  const NumberFormat format("apot4");
  std::vector<Row> rows;
  for (std::uint32_t code = 0; code < 16; ++code)
    rows.push_back({binary(code, 4), cell(format, code), sum(format.terms(code))});
  EXPECT_THAT(page(), HasSubstr("\n\n" + table({"code", "apot4", "terms"}, rows) + "\n"));
}

TEST(FormatPage, TwoHot) {
  const NumberFormat format("twohot3");
  Row head{"twohot3"};
  std::vector<Row> rows;
  for (std::uint32_t first = 0; first < 8; ++first) {
    head.push_back("..." + binary(first, 3));
    rows.push_back({binary(first, 3) + "..."});
    for (std::uint32_t second = 0; second < 8; ++second)
      rows.back().push_back(cell(format, first << 3 | second));
  }
  EXPECT_THAT(page(), HasSubstr("\n\n" + table(head, rows) + "\n"));
}

// The overview names each family with its sizes, and no other.
TEST(FormatPage, NamesEveryFamily) {
  for (const auto& family : families()) {
    const auto row = "\n| `" + std::string(family.name) + std::to_string(family.least) + "` to `" +
                     std::string(family.name) + std::to_string(family.most) + "` |";
    EXPECT_THAT(page(), HasSubstr(row));
  }
}

}  // namespace
}  // namespace citrine
