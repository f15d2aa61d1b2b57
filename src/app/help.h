#pragma once
// Help texts, from the tables of options and commands.
#include <string>
#include <string_view>

namespace citrine {

std::string help();
std::string help(std::string_view command);

}  // namespace citrine
