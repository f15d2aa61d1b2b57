#pragma once
// The annotations of GTSRB: "Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId".
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/resize.h"

namespace citrine {

constexpr int kSignClasses = 43;

struct SignRow {
  std::string file;
  int width = 0, height = 0;
  Box box;  // of the sign
  std::uint8_t label = 0;
};

// Error names `file` and the line if a column is missing, a number is wrong, the box leaves the
// image, the class exceeds 42, or a file name has a folder in it.
std::vector<SignRow> parse_gtsrb_csv(std::span<const std::uint8_t> bytes, const std::string& file);

}  // namespace citrine
