#include <algorithm>
#include <vector>

#include "app/option_table.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

constexpr Command kCommands[] = {
    {"quickstart", "", 0, 0, "",
     "small end-to-end run on Fashion-MNIST: search, quantize, inject, report"},
    {"data", "list | check NAME | fetch NAME", 1, 2, "",
     "data sets: what is there, is it whole, download it"},
    {"inspect", "NET", 1, 1, "", "layers, shapes, costs and objectives of a network"},
    {"train", "NET", 1, 1, "data out", "train or fine-tune a network, writes a network file"},
    {"evaluate", "NET", 1, 1, "data", "accuracy of a float or integer network"},
    {"search", "", 0, 0, "data run", "run or continue a search in a run directory"},
    {"quantize", "NET", 1, 1, "data out|compare",
     "post-training quantization, writes an integer network or compares schemes"},
    {"inject", "NET...", 1, 100, "data out|only|plan",
     "fault-injection campaign on an integer network, or on several that are compared"},
    {"explain", "CAMPAIGN ROW", 2, 2, "network",
     "runs a row of a campaign again: registers, layers and logits without and with its fault"},
    {"compare", "CAMPAIGN...", 2, 100, "",
     "differences of campaigns under the same images, with intervals"},
    {"merge", "SHARD...", 1, 100'000, "out",
     "all shards of a campaign, as the file that one inject would have written"},
    {"report", "RUN|FILE...", 1, 1000, "out", "HTML page, plots, HDF5 and CSV of runs and results"},
    {"bench", "[NET]", 0, 1, "",
     "speed of the engine on this machine, as ratios to a float inference"},
};

// Settings of the papers: docs/method.md, 1.2.
constexpr Preset kPresets[] = {
    {"cifar10-paper", "search", "LEMONADE on CIFAR-10 as published",
     "data=cifar10 epochs=20 start-epochs=200 generations=100 children=64 accepted=16 cutout=16 "
     "mixup=1"},
    {"gtsrb-paper", "search", "the same on traffic signs",
     "data=gtsrb epochs=20 start-epochs=200 generations=100 children=64 accepted=16 flip=false "
     "cutout=16"},
    {"cifar10-paper", "train", "final training of a network that was found",
     "data=cifar10 epochs=600 rate=0.025 validation=0 cutout=16 mixup=1 test-images=10000"},
    {"quickstart", "search", "minutes on two processors",
     "data=fashion-mnist limit=3000 epochs=1 start-epochs=3 rate=0.05 batch=64 crop-padding=2 "
     "generations=4 "
     "children=12 accepted=4 population=12 start=lemonade_1,lemonade_2"},
    {"quickstart", "train", "minutes on two processors",
     "data=fashion-mnist limit=6000 epochs=3 rate=0.05 batch=64 crop-padding=2 validation=0"},
    {"quickstart", "quantize", "minutes on two processors", "data=fashion-mnist images=128"},
    {"quickstart", "inject", "minutes on two processors",
     "data=fashion-mnist images=64 trials=1000 rates=1e-6,1e-5,1e-4,1e-3,1e-2 curve-seeds=5"},
    {"quickstart-smallest", "search", "a minute on two processors",
     "data=fashion-mnist limit=600 epochs=1 start-epochs=1 rate=0.05 batch=64 crop-padding=2 "
     "generations=2 "
     "children=4 accepted=2 population=6 start=lemonade_1,lemonade_2"},
    {"quickstart-smallest", "train", "a minute on two processors",
     "data=fashion-mnist limit=1000 epochs=1 rate=0.05 batch=64 crop-padding=2 validation=0 "
     "test-images=500"},
    {"quickstart-smallest", "quantize", "a minute on two processors",
     "data=fashion-mnist images=32 test-images=500"},
    {"quickstart-smallest", "inject", "a minute on two processors",
     "data=fashion-mnist images=16 trials=200 rates=1e-5,1e-4,1e-3,1e-2 curve-seeds=3"},
};

}  // namespace

std::span<const Command> command_table() { return kCommands; }
std::span<const Preset> preset_table() { return kPresets; }

const Command& find_command(std::string_view name) {
  const auto found = std::ranges::find(kCommands, name, &Command::name);
  if (found != std::end(kCommands)) return *found;
  std::vector<std::string_view> names;
  for (const auto& command : kCommands) names.push_back(command.name);
  throw Error(unknown_name("command", name, names));
}

}  // namespace citrine
