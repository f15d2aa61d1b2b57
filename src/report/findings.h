#pragma once
// What trials and exact counts of one network found, as tables of the page.
#include <string>
#include <vector>

#include "report/content.h"

namespace citrine {

// Says that faults lie in these layers alone; empty without any.
std::string layers_text(const std::vector<std::string>& layers);

// Of what there is: outcomes by site, rates of a rise, worst channels, exact counts; HTML.
std::string findings_html(const NetworkEntry& network);

}  // namespace citrine
