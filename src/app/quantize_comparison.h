#pragma once
// A table of number formats and criteria on one network.
#include "app/options.h"

namespace citrine {

// Every scheme of --compare with every criterion of --criterion, on --draws draws of calibration
// images; prints one line each, and writes no file.
void compare_schemes(const Options& options);

}  // namespace citrine
