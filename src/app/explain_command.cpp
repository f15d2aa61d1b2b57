#include <charconv>
#include <iostream>

#include <spdlog/fmt/fmt.h>
#include <spdlog/spdlog.h>

#include "app/campaign_settings.h"
#include "app/commands.h"
#include "app/explanation_table.h"
#include "app/network_source.h"
#include "app/target.h"
#include "kernels/error.h"
#include "report/explanation_figure.h"
#include "report/program.h"
#include "store/files.h"
#include "store/located.h"
#include "store/sha256.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

std::uint64_t row_number(const std::string& text) {
  std::uint64_t row = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), row);
  if (code != std::errc{} || end != text.data() + text.size())
    throw Error("ROW must be a whole number, got '", text, "'");
  return row;
}

bool is_png(const fs::path& picture) {
  if (picture.extension() == ".png") return true;
  if (picture.extension() == ".svg") return false;
  throw Error("a picture must be a .svg or .png file, got ", picture.string());
}

// Some options of the campaign. A folder of images may have moved since.
Options campaign_options(const CampaignFile& campaign, const Options& options,
                         std::initializer_list<const char*> names) {
  OptionValues values;
  for (const auto* name : names) {
    const auto value = campaign.origin.config.find(name);
    if (value == campaign.origin.config.end())
      throw Error(options.arguments().front(), " must tell the option '", name,
                  "' of its campaign");
    values[name] = value->is_string() ? value->get<std::string>() : value->dump();
  }
  if (options.is_given("data")) values["data"] = options.text("data");
  return {"inject", {}, std::move(values)};
}

CampaignImages images_of(const CampaignFile& campaign, const IntegerNetwork& network,
                         const Options& options) {
  const auto image_source =
      campaign_options(campaign, options, {"data", "limit", "image-size", "images", "seed"});
  auto images = campaign_images(network, image_source);
  const auto hash = sha256(std::as_bytes(std::span(images.codes)));
  if (campaign.origin.record.value("images", std::string()) != hash)
    throw Error(options.arguments().front(), " drew other images than those of '",
                image_source.text("data"), "': their hash differs; --data names its data set");
  return images;
}

ArrayShape array_of(const CampaignFile& campaign, const Options& options, Site site) {
  if (!is_array(site)) return {};
  return array_shape(campaign_options(campaign, options, {"array", "mapping"}));
}

IntegerNetwork network_of(const CampaignFile& campaign, const Options& options) {
  const auto path = options.text("network");
  if (!is_integer_network(path)) throw Error(path, " is not an integer network");
  auto network = read_integer_network(path).network;
  if (fingerprint(network) != campaign.network_fingerprint)
    throw Error(path, " is not the network of ", options.arguments().front(),
                ": its fingerprint is ", fingerprint(network), ", not ",
                campaign.network_fingerprint);
  return network;
}

std::string told(const Outcome& outcome) {
  return fmt::format("{} (class {} for {}, logits changed by {})", name_of(outcome.kind),
                     outcome.faulty_class, outcome.golden_class, outcome.logit_change);
}

// A row that the network does not confirm is an error.
ExplainedRow explained(const IntegerNetwork& network, std::span<const std::int16_t> image,
                       ExplainedRow row, const Backend& backend) {
  const auto faults = row.row.faults();
  if (faults.size() == 1) {
    row.explanation = explain(network, row.row.fault, image, backend, row.array);
  } else {
    row.explanation = explain_together(network, faults, image, backend, row.array);
    row.alone = traces_alone(network, faults, image, backend, row.array);
  }
  if (row.explanation.outcome == row.row.outcome) return row;
  throw Error("it records ", told(row.row.outcome), ", but is ", told(row.explanation.outcome));
}

void draw(const fs::path& path, const std::string& script) {
  write_text(path, run_program({"gnuplot", "-"}, script));
  spdlog::info("wrote {}", path.string());
}

}  // namespace

void run_explain(const Options& options) {
  const auto path = options.arguments()[0];
  const auto index = row_number(options.arguments()[1]);
  const fs::path picture = options.text("picture");
  const bool is_drawn = !picture.empty(), is_pixels = is_drawn && is_png(picture);
  if (is_drawn) check_target(picture, options);
  const auto campaign = read_campaign(path);
  const auto& rows = campaign.result.rows;
  if (index >= rows.size())
    throw Error("row ", index, " is not one of the ", rows.size(), " rows of ", path);
  const auto network = network_of(campaign, options);
  const auto images = images_of(campaign, network, options);
  const auto& recorded = rows[index];

  const auto size = static_cast<std::size_t>(network.input().elements());
  const auto image = std::span(images.codes).subspan(recorded.image * size, size);
  const auto backend = make_backend(options.text("backend"));
  const auto array = array_of(campaign, options, recorded.fault.site);
  const auto row = located(fmt::format("row {} of {}", index, path), [&] {
    return explained(network, image, {index, recorded, images.labels[recorded.image], {}, array},
                     *backend);
  });
  const auto json = explanation_json(network, row);
  const ExplanationTexts texts{.title = fmt::format("Row {}: {}", index, outcome_line(json)),
                               .subtitle = place_line(json),
                               .label = row.label};
  if (is_drawn)
    draw(picture, explanation_script(network, row.explanation, image, texts, is_pixels));
  std::cout << (options.text("format") == "json" ? json.dump(2) + "\n" : explanation_text(json));
}

}  // namespace citrine
