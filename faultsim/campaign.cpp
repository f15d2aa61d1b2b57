#include "faultsim/campaign.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <functional>
#include <mutex>
#include <numeric>
#include <tuple>
#include <utility>

#include <tbb/blocked_range.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include "faultsim/bit_errors.h"
#include "faultsim/campaign_check.h"
#include "faultsim/engine.h"
#include "faultsim/error_curve.h"
#include "faultsim/fault_space.h"
#include "faultsim/golden_cache.h"
#include "faultsim/listed_trials.h"
#include "faultsim/outcome.h"
#include "faultsim/site_draws.h"
#include "kernels/error.h"
#include "quant/forward.h"

namespace citrine {
namespace {

// Written once, and read by every inference.
bool is_parameter(Site site) { return is_learned(site) || is_scale(site); }

std::uint64_t golden_bytes(const IntegerNetwork& network) {
  return std::transform_reduce(
      network.layers.begin(), network.layers.end(), std::uint64_t{0}, std::plus(),
      [](const IntegerLayer& layer) {
        const bool has_sums = layer.kind == LayerKind::convolution;
        return (sizeof(std::int16_t) + (has_sums ? sizeof(std::int32_t) : 0)) *
               static_cast<std::uint64_t>(layer.elements());
      });
}

}  // namespace

struct Campaign::State {
  State(const IntegerNetwork& net, CampaignImages inputs, CampaignSettings chosen,
        const Backend& device)
      : network(net),
        images(std::move(inputs)),
        settings(std::move(chosen)),
        backend(device),
        engine(network, backend, settings.model.array),
        goldens(engine, images.codes, checked_count(), golden_bytes(network)),
        listed(network, settings, images.count()) {
    check(network, settings, images.count());
    if (listed.are_there()) return;
    for (const Site site : settings.sites)
      draws.emplace_back(network, site, images.count(), settings);
  }

  std::uint32_t checked_count() const {
    check(network, images);
    return images.count();
  }

  // Fault-free classes of all images, found once.
  const std::vector<std::uint8_t>& golden_classes() {
    // Isolated: a thread that waits in the loop must not take up a task that comes here again.
    std::call_once(classes_once, [&] {
      tbb::this_task_arena::isolate([&] {
        classes.resize(images.count());
        tbb::parallel_for(std::uint32_t{0}, images.count(), [&](std::uint32_t image) {
          classes[image] = static_cast<std::uint8_t>(top_class(goldens(image)->logits));
        });
      });
    });
    return classes;
  }

  // Runs some of the rows, image by image.
  void run_rows(std::vector<Row>& rows, std::span<const std::size_t> order) const {
    while (!order.empty()) {
      const auto image = rows[order.front()].image;
      const auto end =
          std::ranges::find_if(order, [&](std::size_t i) { return rows[i].image != image; });
      const auto count = static_cast<std::size_t>(end - order.begin());
      run_image(rows, order.first(count), *goldens(image));
      order = order.subspan(count);
    }
  }

  void run_image(std::vector<Row>& rows, std::span<const std::size_t> order,
                 const Golden& golden) const {
    std::vector<Fault> faults;
    std::vector<std::size_t> single;
    for (const auto i : order) {
      auto& row = rows[i];
      if (!row.further.empty()) {
        row.outcome = engine.run_together(row.faults(), golden);
        continue;
      }
      single.push_back(i);
      faults.push_back(row.fault);
    }
    const auto outcomes = engine.run(faults, golden);
    for (std::size_t i = 0; i < outcomes.size(); ++i) rows[single[i]].outcome = outcomes[i];
  }

  // One draw for all images, which then share a network.
  void run_weights(CurvePoint& point, Key key) {
    const auto faults =
        draw_faults(bit_error_space(network, point.site, settings.model), point.rate, key);
    const auto faulty = with_faults(network, faults);
    const auto outputs = logits(faulty, images.codes, images.count(), backend);
    const auto size = static_cast<std::size_t>(network.classes());
    std::vector<std::size_t> tops;
    for (std::size_t i = 0; i < outputs.size(); i += size)
      tops.push_back(top_class(std::span(outputs).subspan(i, size)));
    point.faults = faults.size();
    count_classes(point, tops);
  }

  void run_images(CurvePoint& point, Key key) {
    const auto space = bit_error_space(network, point.site, settings.model);
    std::vector<std::size_t> tops(images.count());
    std::atomic<std::uint64_t> count = 0;
    tbb::parallel_for(std::uint32_t{0}, images.count(), [&](std::uint32_t image) {
      const bool is_drawn_once = is_parameter(point.site);
      const auto faults = draw_faults(space, point.rate, is_drawn_once ? key : split(key, image));
      tops[image] = top_class(engine.faulty_logits(faults, codes(image)));
      if (!is_drawn_once || image == 0) count += faults.size();
    });
    point.faults = count;
    count_classes(point, tops);
  }

  void count_classes(CurvePoint& point, const std::vector<std::size_t>& tops) {
    const auto& golden = golden_classes();
    for (std::size_t image = 0; image < tops.size(); ++image) {
      point.wrong += tops[image] != images.labels[image] ? 1 : 0;
      point.changed += tops[image] != golden[image] ? 1 : 0;
    }
  }

  std::span<const std::int16_t> codes(std::uint32_t image) const {
    const auto size = static_cast<std::size_t>(network.input().elements());
    return std::span(images.codes).subspan(image * size, size);
  }

  const IntegerNetwork& network;
  const CampaignImages images;
  const CampaignSettings settings;
  const Backend& backend;
  const Engine engine;
  const GoldenCache goldens;
  const ListedTrials listed;     // in place of draws
  std::vector<SiteDraws> draws;  // by site of the settings
  std::once_flag classes_once;
  std::vector<std::uint8_t> classes;
};

std::vector<Fault> Row::faults() const {
  std::vector<Fault> all = {fault};
  all.insert(all.end(), further.begin(), further.end());
  return all;
}

Campaign::Campaign(const IntegerNetwork& network, CampaignImages images, CampaignSettings settings,
                   const Backend& backend)
    : state_(std::make_unique<State>(network, std::move(images), std::move(settings), backend)) {}

Campaign::~Campaign() = default;

std::uint64_t Campaign::rows() const {
  return state_->listed.are_there() ? state_->listed.trials()
                                    : state_->draws.size() * state_->settings.trials;
}

std::uint64_t Campaign::curve_points() const {
  const auto& settings = state_->settings;
  return settings.curve_sites.size() * settings.rates.size() *
         static_cast<std::uint64_t>(settings.curve_seeds);
}

Row Campaign::draw(std::uint64_t row) const {
  if (row >= rows()) throw Error("a row must be below ", rows(), ", got ", row);
  if (state_->listed.are_there()) return state_->listed[row];
  const auto each = state_->settings.trials;
  const auto& draws = state_->draws[row / each];
  if (row % each >= draws.trials())
    throw Error("row ", row, " lies beyond the ", draws.trials(), " trials of its site");
  return draws.draw(row % each);
}

std::uint64_t Campaign::trials(std::size_t site) const {
  return state_->listed.are_there() ? state_->listed.trials() : state_->draws.at(site).trials();
}

std::uint64_t Campaign::pilot(std::size_t site) const {
  return state_->listed.are_there() ? 0 : state_->draws.at(site).pilot();
}

void Campaign::allocate(std::size_t site, std::span<const Row> pilot) {
  state_->draws.at(site).allocate(pilot);
}

std::span<const std::uint8_t> Campaign::labels() const { return state_->images.labels; }

std::vector<Row> Campaign::run(std::uint64_t first, std::uint64_t last) const {
  if (first > last || last > rows())
    throw Error("rows must lie within ", rows(), ", got ", first, " to ", last);
  std::vector<Row> drawn(last - first);
  for (std::size_t i = 0; i < drawn.size(); ++i) drawn[i] = draw(first + i);
  // By image, then layer, so that what a trial reads is still in the caches.
  std::vector<std::size_t> order(drawn.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::ranges::sort(order, {}, [&](std::size_t i) {
    return std::tuple(drawn[i].image, drawn[i].fault.layer, i);
  });
  tbb::parallel_for(tbb::blocked_range<std::size_t>(0, order.size()), [&](const auto& range) {
    state_->run_rows(drawn, std::span(order).subspan(range.begin(), range.size()));
  });
  return drawn;
}

CurvePoint Campaign::run_point(std::uint64_t point) const {
  if (point >= curve_points())
    throw Error("a curve point must be below ", curve_points(), ", got ", point);
  const auto& settings = state_->settings;
  const auto seeds = static_cast<std::uint64_t>(settings.curve_seeds);
  const auto rates = settings.rates.size();
  CurvePoint result{.site = settings.curve_sites[point / seeds / rates],
                    .rate = settings.rates[point / seeds % rates],
                    .seed = static_cast<int>(point % seeds),
                    .images = state_->images.count()};
  const Key site =
      split(split(Key{.seed = settings.seed, .stream = 0}, "curve"), name_of(result.site));
  const Key key = split(split(site, std::bit_cast<std::uint64_t>(result.rate)), point % seeds);
  if (result.site == Site::weight_memory)
    state_->run_weights(result, key);
  else
    state_->run_images(result, key);
  return result;
}

CampaignResult Campaign::frame() const {
  CampaignResult result;
  for (const auto& draws : state_->draws) {
    result.population.push_back(draws.population());
    result.strata.insert(result.strata.end(), draws.strata().begin(), draws.strata().end());
  }
  if (state_->listed.are_there()) {
    result.strata = state_->listed.strata();
    result.population.assign(result.strata.size(), 0);
  }
  result.sampling = state_->settings.sampling;
  result.is_sequential = state_->settings.stop.is_set();
  result.is_permanent = state_->settings.is_permanent;
  result.faults_per_trial = state_->settings.faults_per_trial;
  result.rises = state_->settings.rises;
  result.channels = layer_channels(state_->network);
  result.array = state_->settings.model.array;
  const auto& labels = state_->images.labels;
  result.labels = labels;
  result.images = state_->images.count();
  result.correct = static_cast<std::uint32_t>(std::transform_reduce(
      labels.begin(), labels.end(), state_->golden_classes().begin(), std::size_t{0}, std::plus(),
      [](std::uint8_t label, std::uint8_t top) { return std::size_t{label == top}; }));
  return result;
}

}  // namespace citrine
