#include "faultsim/site_draws.h"

#include <algorithm>
#include <functional>
#include <numeric>
#include <set>

#include "faultsim/stratification.h"
#include "kernels/error.h"

namespace citrine {
namespace {

std::uint64_t count_pairs(const FaultSpace& space, Site site, std::uint32_t images) {
  if (space.size() > (std::uint64_t{1} << 62) / images)
    throw Error("site ", name_of(site), " must have at most 2^62 (fault, image) pairs");
  return space.size() * images;
}

void check_together(const FaultSpace& space, Site site, std::uint32_t faults) {
  if (space.size() < faults)
    throw Error("site ", name_of(site), " must have at least the ", faults,
                " faults of a trial, got ", space.size());
}

// Where trials are an upper limit, a site may have fewer pairs.
std::uint64_t count_trials(const CampaignSettings& settings, Site site, std::uint64_t pairs) {
  if (pairs == 0)
    throw Error("site ", name_of(site), " must have faults of ",
                settings.model.width == 0 ? std::string("whole registers")
                                          : std::to_string(settings.model.width) +
                                                (settings.model.width == 1 ? " bit" : " bits"),
                " in the ", name_of_layers(settings.model), ", got none");
  if (settings.trials > pairs && !settings.stop.is_set())
    throw Error("site ", name_of(site), " must have at least as many (fault, image) pairs as ",
                settings.trials, " trials, got ", pairs);
  return std::min(settings.trials, pairs);
}

FaultModel with_values(FaultModel model, Key values) {
  model.values = values;
  return model;
}

// One trial for each, the others by their scores.
std::vector<std::uint64_t> parts_of(std::span<const Stratum> strata, std::span<const double> scores,
                                    std::uint64_t trials) {
  if (trials < strata.size())
    throw Error("site ", name_of(strata.front().site), " has ", strata.size(),
                " strata, each of which must get a trial, got ", trials, " trials");
  std::vector<std::uint64_t> room;
  for (const auto& stratum : strata) room.push_back(stratum.population - 1);
  auto parts = allocation(scores, room, trials - strata.size());
  for (auto& part : parts) ++part;
  return parts;
}

// A tenth of the trials, but two a stratum at least, if not chosen.
std::uint64_t pilot_of(const CampaignSettings& settings, std::uint64_t strata,
                       std::uint64_t trials) {
  const auto pilot = settings.pilot > 0 ? settings.pilot : std::max((trials + 9) / 10, 2 * strata);
  if (pilot >= trials)
    throw Error("a pilot must have fewer trials than the ", trials, " of its site, got ", pilot);
  return pilot;
}

}  // namespace

SiteDraws::SiteDraws(const IntegerNetwork& network, Site site, std::uint32_t images,
                     const CampaignSettings& settings)
    : key_(split(Key{.seed = settings.seed, .stream = 0}, name_of(site))),
      space_(network, site, with_values(settings.model, split(key_, "values"))),
      images_(images),
      is_permanent_(settings.is_permanent),
      faults_per_trial_(settings.faults_per_trial) {
  const auto pairs = count_pairs(space_, site, images);
  if (faults_per_trial_ > 1) {
    check_together(space_, site, faults_per_trial_);
    trials_ = settings.trials;
    strata_.push_back({.site = site, .population = kEndlessPopulation});
    return;
  }
  trials_ = count_trials(settings, site, pairs);
  if (settings.sampling == Sampling::bits) {
    // A permanent fault is drawn once for all images.
    add({.site = site, .population = is_permanent_ ? space_.size() : pairs}, 0, 1);
    strata_.back().population = pairs;
    begin(0, {trials_});
    return;
  }
  add_layers(network, settings);
  if (settings.sampling == Sampling::stratified)
    pilot_ = pilot_of(settings, strata_.size(), trials_);
  begin(0, parts_of(strata_, scores(settings), pilot_ > 0 ? pilot_ : trials_));
}

std::uint64_t SiteDraws::population() const { return space_.size() * images_; }

void SiteDraws::add(const Stratum& stratum, std::uint64_t first, std::uint64_t step) {
  const bool is_whole = stratum.layer == Stratum::kAll;
  const Key key = is_whole ? key_ : split(split(key_, "stratum"), strata_.size());
  strata_.push_back(stratum);
  faults_.push_back({first, step, Permutation(key, stratum.population)});
}

void SiteDraws::add_layers(const IntegerNetwork& network, const CampaignSettings& settings) {
  const Site site = space_[0].site;
  const bool has_bits = settings.sampling == Sampling::stratified &&
                        settings.stratification == Stratification::layer_bit;
  std::uint64_t first = 0;
  for (std::uint32_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto extent = site_extent(network, site, layer, settings.model);
    const auto places = extent.elements * extent.steps;
    const auto parts = has_bits ? extent.bits : 1, each = has_bits ? places : extent.size();
    for (std::uint64_t part = 0; places > 0 && part < parts; ++part) {
      const auto bit = has_bits ? static_cast<std::uint32_t>(part) : Stratum::kAll;
      const double weight = settings.sampling == Sampling::layers ? 1
                            : settings.sampling == Sampling::macs ? static_cast<double>(places)
                                                                  : static_cast<double>(each);
      add({site, layer, bit, each * images_, weight}, first + part, parts);
    }
    first += extent.size();
  }
  double sum = 0;
  for (const auto& stratum : strata_) sum += stratum.weight;
  for (auto& stratum : strata_) stratum.weight /= sum;
}

// By how much of the trials each stratum gets without knowing outcomes.
std::vector<double> SiteDraws::scores(const CampaignSettings& settings) const {
  std::vector<double> scores(strata_.size(), 1);
  if (settings.sampling == Sampling::macs)
    std::ranges::transform(strata_, scores.begin(), &Stratum::weight);
  return scores;
}

void SiteDraws::begin(std::uint64_t first, std::vector<std::uint64_t> parts) {
  std::vector<std::uint64_t> drawn(parts.size(), 0);
  if (!phases_.empty())
    std::adjacent_difference(phases_[0].ends.begin(), phases_[0].ends.end(), drawn.begin());
  std::partial_sum(parts.begin(), parts.end(), parts.begin());
  const Key key = split(split(key_, "phase"), phases_.size());
  const auto size = std::max<std::uint64_t>(parts.back(), 1);
  phases_.push_back({first, std::move(parts), std::move(drawn), Permutation(key, size)});
}

// The faults in random order, so that the first is any of them.
Row SiteDraws::draw_together(std::uint64_t trial) const {
  const auto set = is_permanent_ ? trial / images_ : trial;
  const Key key = split(split(key_, "together"), set);
  Row row;
  row.image = static_cast<std::uint32_t>(
      is_permanent_ ? trial % images_ : uniform_below(split(key, "image"), 0, images_));
  std::set<std::uint64_t> drawn;
  for (std::uint64_t i = 0; drawn.size() < faults_per_trial_; ++i) {
    const auto number = uniform_below(key, i, space_.size());
    if (!drawn.insert(number).second) continue;
    if (drawn.size() == 1)
      row.fault = space_[number];
    else
      row.further.push_back(space_[number]);
  }
  return row;
}

Row SiteDraws::draw(std::uint64_t trial) const {
  if (faults_per_trial_ > 1) return draw_together(trial);
  const bool is_pilot = pilot_ == 0 || trial < pilot_;
  if (!is_pilot && phases_.size() == 1)
    throw Error("trial ", trial, " of site ", name_of(strata_[0].site),
                " follows from the pilot, whose outcomes must be known first");
  if (is_permanent_)
    return {.fault = space_[faults_[0].order(trial / images_)],
            .image = static_cast<std::uint32_t>(trial % images_),
            .outcome = {}};
  const auto& phase = phases_[is_pilot ? 0 : 1];
  auto place = trial - phase.first;
  if (strata_.size() > 1) place = phase.order(place);
  const auto stratum =
      static_cast<std::size_t>(std::ranges::upper_bound(phase.ends, place) - phase.ends.begin());
  place -= stratum > 0 ? phase.ends[stratum - 1] : 0;
  const auto& [first, step, order] = faults_[stratum];
  const auto pair = order(phase.drawn[stratum] + place);
  return {.fault = space_[first + step * (pair / images_)],
          .image = static_cast<std::uint32_t>(pair % images_),
          .outcome = {}};
}

void SiteDraws::allocate(std::span<const Row> pilot) {
  if (pilot.size() != pilot_)
    throw Error("a pilot of ", pilot_, " rows must be given, got ", pilot.size());
  std::vector<StratumCounts> counts;
  for (const auto& [site, layer, bit, population, weight] : strata_)
    counts.push_back({weight, {0, 0, population}});
  for (std::size_t i = 0; i < pilot.size(); ++i) {
    const auto drawn = draw(i);
    if (pilot[i].fault != drawn.fault || pilot[i].image != drawn.image)
      throw Error("row ", i, " is not that of the pilot");
    auto& sample = counts[stratum_of(strata_, drawn.fault)].sample;
    ++sample.trials;
    sample.hits += pilot[i].outcome.kind == OutcomeKind::sdc ? 1 : 0;
  }
  phases_.resize(1, phases_[0]);
  begin(pilot_, neyman_allocation(counts, trials_ - pilot_));
}

std::size_t stratum_of(std::span<const Stratum> strata, const Fault& fault) {
  const auto holds = [&](const Stratum& stratum) {
    return stratum.site == fault.site &&
           (stratum.layer == Stratum::kAll || stratum.layer == fault.layer) &&
           (stratum.bit == Stratum::kAll || stratum.bit == fault.bit);
  };
  return static_cast<std::size_t>(std::ranges::find_if(strata, holds) - strata.begin());
}

}  // namespace citrine
