#include "app/inject_several.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "app/comparison.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

void check_options(const Options& options) {
  for (const char* name : {"exhaustive", "plan", "only", "permanent", "faults"})
    if (options.is_given(name) && options.text(name) != "false")
      throw Error("option '", name, "' takes one network, got ", options.arguments().size());
}

// So that none is found out after the campaigns of those before it.
void check_networks(const std::vector<std::string>& nets) {
  const auto first = read_integer_network(nets.front()).network;
  for (const auto& net : nets) {
    const auto network = read_integer_network(net).network;
    const auto &input = network.input(), &wanted = first.input();
    if (input.height != wanted.height || input.width != wanted.width ||
        input.channels != wanted.channels)
      throw Error("compared networks must read the same images: ", net, " reads ", input.height,
                  "x", input.width, "x", input.channels, ", ", nets.front(), " ", wanted.height,
                  "x", wanted.width, "x", wanted.channels);
    if (network.classes() != first.classes())
      throw Error("compared networks must tell the same classes apart: ", net, " has ",
                  network.classes(), ", ", nets.front(), " ", first.classes());
  }
}

// "net", and "net_2" where that name comes again.
std::vector<std::string> unique_names(const std::vector<std::string>& nets) {
  std::vector<std::string> names;
  for (const auto& net : nets) {
    const auto wanted = fs::path(net).stem().string();
    auto name = wanted;
    for (int number = 2; std::ranges::count(names, name) > 0; ++number)
      name = wanted + "_" + std::to_string(number);
    names.push_back(name);
  }
  return names;
}

void make_folder(const fs::path& folder) {
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw Error(folder.string(),
                " must be a folder, which takes the campaigns of several networks");
  fs::create_directory(folder);
}

}  // namespace

void inject_several(const Options& options, const InjectOne& inject) {
  const auto& nets = options.arguments();
  const fs::path folder = options.text("out");
  check_options(options);
  check_networks(nets);
  const auto names = unique_names(nets);
  for (const auto& name : names)
    for (const auto& net : nets)
      if (fs::exists(folder / (name + ".h5")) && fs::equivalent(folder / (name + ".h5"), net))
        throw Error(net, " lies where a campaign would be written: --out must name another folder");
  make_folder(folder);
  std::vector<NamedCampaign> campaigns;
  for (std::size_t i = 0; i < nets.size(); ++i) {
    campaigns.push_back({names[i], inject(nets[i], folder / (names[i] + ".h5"))});
    if (campaigns.back().file.origin.record.value("unfinished", false))
      return spdlog::info("nothing is compared before the campaigns of all {} networks are whole",
                          nets.size());
  }
  print_comparison(comparison_json(campaigns, options.reals("rise")),
                   options.text("format") == "json");
}

}  // namespace citrine
