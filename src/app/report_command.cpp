#include <iostream>

#include "app/commands.h"
#include "app/settings.h"
#include "kernels/error.h"
#include "report/report.h"

namespace citrine {

void run_report(const Options& options) {
  const std::filesystem::path out = options.text("out");
  if (std::filesystem::exists(out / "index.html") && !options.toggle("overwrite"))
    throw Error((out / "index.html").string(), " exists: --overwrite replaces it");
  std::vector<std::filesystem::path> inputs;
  for (const auto& argument : options.arguments()) inputs.emplace_back(argument);
  std::cout << write_report(inputs, out).string() << '\n';
}

}  // namespace citrine
