#include "app/exhaustive_run.h"

#include <algorithm>
#include <filesystem>

#include <spdlog/spdlog.h>

#include "app/campaign_settings.h"
#include "app/exhaustive_table.h"
#include "app/interrupt.h"
#include "app/network_source.h"
#include "app/progress.h"
#include "app/settings.h"
#include "app/target.h"
#include "faultsim/outcome.h"
#include "kernels/error.h"
#include "store/files.h"
#include "store/sha256.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// Options that only samples have.
constexpr const char* kSampleOptions[] = {
    "trials",      "sampling",    "strata", "pilot",  "until-failures",
    "until-width", "until-time",  "rates",  "plan",   "margin",
    "curve-sites", "curve-seeds", "rise",   "only",   "effect",
    "fault-bits",  "permanent",   "array",  "mapping"};

void check_options(const Options& options) {
  for (const auto* name : kSampleOptions)
    if (options.is_given(name))
      throw Error("options 'exhaustive' and '", name, "' cannot be given together");
}

// "all" leaves those out that have no classes.
std::vector<Site> output_sites(const Options& options, const IntegerNetwork& network) {
  const auto names = options.texts("sites");
  auto sites = sites_of(names, network);
  const auto is_other = [](Site site) { return !has_classes(site); };
  if (!options.is_given("sites") || std::ranges::find(names, "all") != names.end())
    std::erase_if(sites, is_other);
  if (const auto other = std::ranges::find_if(sites, is_other); other != sites.end())
    throw Error("'--exhaustive' counts faults of single outputs; those of ", name_of(*other),
                ", which reach many, are drawn: all of them if '--trials' says as many as there "
                "are");
  std::ranges::sort(sites);
  return sites;
}

Origin origin_of(const Options& options, const std::string& network_fingerprint,
                 const CampaignImages& images) {
  return {.config = portable_config(options),
          .seed = key_of(options).seed,
          .record = {{"from", network_fingerprint},
                     {"images", sha256(std::as_bytes(std::span(images.codes)))}}};
}

CampaignImages images_of(const CampaignImages& images, Shard shard) {
  const auto begin = shard.begin(images.count()), end = shard.end(images.count());
  const auto size = images.codes.size() / images.count();
  const auto at = [](auto& list, std::size_t place) {
    return list.begin() + static_cast<std::ptrdiff_t>(place);
  };
  return {.codes = {at(images.codes, begin * size), at(images.codes, end * size)},
          .labels = {at(images.labels, begin), at(images.labels, end)}};
}

// What an earlier command did of it, if anything.
void take_partial(ExhaustiveFile& file, const fs::path& partial) {
  if (!fs::exists(partial)) return;
  auto done = read_exhaustive(partial);
  done.origin.record.erase("unfinished");
  if (done.origin.config != file.origin.config || done.origin.record != file.origin.record)
    throw Error(partial.string(),
                " belongs to other options, images or another network: remove it "
                "to begin anew");
  file.result = std::move(done.result);
  spdlog::info("continues behind image {}", file.result.images());
}

class Exhaustion {
 public:
  Exhaustion(const IntegerNetwork& network, CampaignImages images, const std::vector<Site>& sites,
             const Options& options)
      : network_(network),
        images_(std::move(images)),
        sites_(sites),
        backend_(make_backend(options.text("backend"))),
        engine_(network, *backend_) {}

  // Adds the images that are not there yet; `keep` is called after each.
  template <class Keep>
  void complete(ExhaustiveResult& result, const Keep& keep) {
    Progress progress("inject");
    while (result.images() < images_.count()) {
      add_image(result, progress);
      keep();
    }
  }

 private:
  // On an interrupt the result holds part of an image, and is not to be used any more.
  void add_image(ExhaustiveResult& result, Progress& progress) {
    const auto image = result.images();
    const auto size = static_cast<std::size_t>(network_.input().elements());
    const auto golden = engine_.golden(std::span(images_.codes).subspan(image * size, size));
    result.labels.push_back(images_.labels[image]);
    result.classes.push_back(static_cast<std::uint8_t>(top_class(golden.logits)));
    const auto layers = static_cast<std::int64_t>(network_.layers.size());
    for (std::int64_t layer = 0; layer < layers; ++layer) {
      check_interrupt();
      const auto index = static_cast<std::uint32_t>(layer);
      add_layer(result, index, exhaust_layer(engine_, network_, index, sites_, golden));
      progress.update(image * layers + layer + 1, images_.count() * layers);
    }
  }

  const IntegerNetwork& network_;
  const CampaignImages images_;
  const std::vector<Site>& sites_;
  std::unique_ptr<Backend> backend_;
  Engine engine_;
};

// Continues from what an earlier command kept beside `out`.
void complete(ExhaustiveFile& file, Exhaustion exhaustion, const fs::path& out) {
  const auto partial = row_log_path(out);
  take_partial(file, partial);
  file.origin.record["unfinished"] = true;
  exhaustion.complete(file.result, [&] {
    write_exhaustive(partial, file);
    spdlog::debug("counted image {}", file.result.images());
  });
  file.origin.record.erase("unfinished");
}

}  // namespace

void run_exhaustive(const Options& options, const CampaignPart& part) {
  check_options(options);
  const auto& out = part.out;
  const ResultLock lock(out);
  const auto network = read_integer_network(options.arguments().front()).network;
  const auto sites = output_sites(options, network);
  const auto images = campaign_images(network, options);
  ExhaustiveFile file{.network_fingerprint = fingerprint(network), .layers = layer_names(network)};
  file.origin = origin_of(options, file.network_fingerprint, images);
  record(part.shard, file.origin);
  if (is_finished(out, file.origin, options)) {
    file = read_exhaustive(out);
  } else {
    complete(file, Exhaustion(network, images_of(images, part.shard), sites, options), out);
    write_exhaustive(out, file);
  }
  fs::remove(row_log_path(out));
  spdlog::info("wrote {}", out.string());
  if (!part.shard.is_whole()) return;
  print_exhaustive(exhaustive_json(file), options.text("format") == "json");
}

}  // namespace citrine
