#include "app/inject_several.h"

#include <algorithm>

#include <spdlog/spdlog.h>

#include "app/comparison.h"
#include "faultsim/sampling.h"
#include "graph/words.h"
#include "kernels/error.h"
#include "store/located.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// One of them ends a campaign that --until-time cuts into commands.
constexpr const char* kEnds[] = {"trials", "until-failures", "until-width"};

void check_options(const Options& options) {
  for (const char* name : {"exhaustive", "plan", "only", "permanent", "faults"})
    if (options.is_given(name) && options.text(name) != "false")
      throw Error("option '", name, "' takes one network, got ", options.arguments().size());
  const auto is_given = [&](const char* name) { return options.is_given(name); };
  if (is_given("until-time") && options.text("sampling") == name_of(Sampling::bits) &&
      std::ranges::none_of(kEnds, is_given))
    throw Error("option 'until-time' needs ", join(kEnds, " or "),
                " for several networks, which are compared when their campaigns have ended");
}

// So that none is found out after the campaigns of those before it.
void check_networks(const std::vector<std::string>& nets, const std::vector<fs::path>& outs,
                    const CheckOne& check) {
  const auto first = read_integer_network(nets.front()).network;
  for (std::size_t i = 0; i < nets.size(); ++i) {
    const auto& net = nets[i];
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
    located(net, [&] { check(net, outs[i]); });
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

void check_no_campaign(const fs::path& out, const std::vector<std::string>& nets) {
  for (const auto& net : nets)
    if (fs::exists(out) && fs::equivalent(out, net))
      throw Error(net, " lies where a campaign would be written: --out must name another folder");
}

void make_folder(const fs::path& folder) {
  if (fs::exists(folder) && !fs::is_directory(folder))
    throw Error(folder.string(),
                " must be a folder, which takes the campaigns of several networks");
  fs::create_directory(folder);
}

}  // namespace

void inject_several(const Options& options, const CheckOne& check, const InjectOne& inject) {
  const auto& nets = options.arguments();
  const fs::path folder = options.text("out");
  check_options(options);
  const auto names = unique_names(nets);
  std::vector<fs::path> outs;
  outs.reserve(names.size());
  for (const auto& name : names) outs.push_back(folder / (name + ".h5"));
  for (const auto& out : outs) check_no_campaign(out, nets);
  check_networks(nets, outs, check);
  make_folder(folder);
  std::vector<NamedCampaign> campaigns;
  for (std::size_t i = 0; i < nets.size(); ++i) {
    campaigns.push_back({names[i], inject(nets[i], outs[i])});
    if (campaigns.back().file.origin.record.value("unfinished", false))
      return spdlog::info("nothing is compared before the campaigns of all {} networks are whole",
                          nets.size());
  }
  print_comparison(comparison_json(campaigns, options.reals("rise")),
                   options.text("format") == "json");
}

}  // namespace citrine
