#include <cassert>
#include <functional>
#include <map>
#include <string_view>

#include "app/commands.h"
#include "train/train.h"

namespace citrine {

void run_command(const Options& options) {
  static const std::map<std::string_view, void (*)(const Options&)> runners = {
      {"quickstart", run_quickstart},
      {"data", run_data},
      {"inspect", run_inspect},
      {"train", run_train},
      {"evaluate", run_evaluate},
      {"search", run_search},
      {"quantize", run_quantize},
      {"inject", run_inject},
      {"explain", run_explain},
      {"compare", run_compare},
      {"merge", run_merge},
      {"report", run_report},
      {"bench", run_bench}};
  set_threads(static_cast<int>(options.integer("threads")));
  runners.at(options.command())(options);
}

}  // namespace citrine
