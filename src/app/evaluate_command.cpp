#include <iostream>

#include <spdlog/fmt/fmt.h>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/network_source.h"
#include "app/settings.h"
#include "store/files.h"

namespace citrine {
namespace {

Evaluation evaluate_any(const std::string& net, const Options& options, const Dataset& dataset,
                        const ImageSet& set) {
  if (is_integer_network(net))
    return evaluate_integer(read_integer_network(net).network, dataset, set,
                            *make_backend(options.text("backend")));
  return evaluate_float(
      load_network(net, options, &dataset), dataset, set,
      {.batch = static_cast<int>(options.integer("batch")), .device = options.text("device")});
}

}  // namespace

void run_evaluate(const Options& options) {
  const auto& net = options.arguments().front();
  const auto dataset = load_dataset(options);
  const auto& set = options.text("part") == "train" ? dataset.train : dataset.test;
  const auto evaluation = evaluate_any(net, options, dataset, set);
  auto json = evaluation_json(evaluation);
  json["images_per_second"] = evaluation.images_per_second;
  if (options.text("format") == "json")
    std::cout << json.dump(2) << '\n';
  else
    std::cout << net << " on " << dataset.name << ": " << evaluation_text(evaluation)
              << fmt::format(", {:.1f} images/s\n", evaluation.images_per_second);
}

}  // namespace citrine
