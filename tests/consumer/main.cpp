// Uses the installed package: a built-in network, its objectives, and an interval.
#include <iostream>

#include "faultsim/statistics.h"
#include "models/models.h"
#include "objectives/sensitivity.h"

int main() {
  const auto graph = citrine::model("resnet20");
  const auto interval = citrine::wilson(3, 1000);
  std::cout << citrine::count_macs(graph) << ' ' << citrine::sensitivity(graph).mean << ' '
            << interval.high << '\n';
  return citrine::count_macs(graph) == 40'551'040 ? 0 : 1;
}
