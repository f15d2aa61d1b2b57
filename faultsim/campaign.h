#pragma once
// A campaign: trials whose faults are a function of their index, so that it can be cut, continued
// and replayed anywhere.
#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "faultsim/fault.h"
#include "faultsim/fault_channel.h"
#include "faultsim/fault_model.h"
#include "faultsim/sampling.h"
#include "kernels/backend.h"
#include "kernels/random.h"
#include "quant/integer_network.h"

namespace citrine {

inline constexpr std::uint32_t kMostFaults = 65536;  // of a trial

// One trial; the unit of sampling is the pair (fault, image), drawn without replacement from the
// pairs of the site or of its stratum; of several faults the set of them and the image.
struct Row {
  Fault fault;
  std::uint32_t image = 0;
  Outcome outcome;
  std::vector<Fault> further = {};    // faults of the same site in the same inference
  std::vector<Fault> faults() const;  // all, in order
  bool operator==(const Row&) const = default;
};

struct CampaignSettings {
  std::vector<Site> sites;
  // Trials that are run in place of drawn ones, by no other sampling than that of a list; permanent
  // ones meet every image.
  std::vector<Row> list = {};
  FaultModel model = {};  // values are drawn by the seed
  // Each fault meets every image, and is the sampling unit.
  bool is_permanent = false;
  // Distinct faults of each trial; of several, each set of them is drawn anew.
  std::uint32_t faults_per_trial = 1;
  std::uint64_t trials = 1000;  // of each site; with a stop rule at most
  Sampling sampling = Sampling::bits;
  Stratification stratification = Stratification::layer;
  std::uint64_t pilot = 0;  // trials of each site before Neyman's allocation; 0: a tenth
  StopRule stop = {};
  // Rates of the curve at which each single bit has a fault of the model's effect, per bit and
  // inference; empty for none.
  std::vector<double> rates;
  std::vector<Site> curve_sites = {Site::weight_memory, Site::activation_memory};
  int curve_seeds = 10;
  std::vector<double> rises;  // of the error, that the curve's rates are told for
  std::uint64_t seed = 0;
};

// Classification under one draw of faults at a bit error rate. Parameters are written once, so one
// draw holds for all images; other sites are drawn for each image.
struct CurvePoint {
  Site site = Site::weight_memory;
  double rate = 0;
  int seed = 0;
  std::uint64_t faults = 0;  // faulty bits: of the one draw, or of all images' draws
  std::uint32_t images = 0;
  std::uint32_t wrong = 0;    // top class is not the label
  std::uint32_t changed = 0;  // top class is not the fault-free one
  bool operator==(const CurvePoint&) const = default;
};

struct CampaignResult {
  std::vector<Row> rows;                  // sites in the order of the settings
  std::vector<CurvePoint> curve;          // by site, rate, seed
  std::vector<std::uint64_t> population;  // (fault, image) pairs of each site of the settings
  std::vector<Stratum> strata = {};       // of each site of the settings
  Sampling sampling = Sampling::bits;
  bool is_sequential = false;  // a stop rule looked at the rows
  bool is_permanent = false;   // a fault's trials are a cluster
  std::uint32_t faults_per_trial = 1;
  std::vector<std::uint8_t> labels;          // of the images
  std::uint32_t images = 0, correct = 0;     // fault-free
  std::vector<double> rises = {};            // of the settings
  std::vector<LayerChannels> channels = {};  // by layer of the network
  ArrayShape array = {};                     // of the settings
};

// Images as codes of the network's input, with their labels.
struct CampaignImages {
  std::vector<std::int16_t> codes;  // [count, height, width, channels]
  std::vector<std::uint8_t> labels;
  std::uint32_t count() const { return static_cast<std::uint32_t>(labels.size()); }
};

class Campaign {
 public:
  // Throws Error if the network or an image does not fit, a site has fewer (fault, image) pairs
  // than trials, fewer trials than strata or fewer faults than a trial has, a stop rule, permanent
  // or several faults meet another sampling than that of bits, permanent faults do not meet all
  // images, a rate is outside [0, 1], or a list has a fault or image that is not there.
  // Network and backend must outlive the campaign.
  Campaign(const IntegerNetwork& network, CampaignImages images, CampaignSettings settings,
           const Backend& backend);
  ~Campaign();

  std::span<const std::uint8_t> labels() const;  // of the images
  // Sites * trials; of a list, which is as one site, its trials.
  std::uint64_t rows() const;
  std::uint64_t trials(std::size_t site) const;  // rows site * trials + i of i below this exist
  // Trials of a site whose rows allocate() must get before later ones are drawn; 0 for none.
  std::uint64_t pilot(std::size_t site) const;
  // Throws Error unless these are the pilot's rows. Not while other threads draw.
  void allocate(std::size_t site, std::span<const Row> pilot);
  std::uint64_t curve_points() const;  // curve sites * rates * seeds
  // The fault and image of a row, without running it. A function of the settings' seed, the site's
  // name, the network's shapes, the number of images and the row's place among its site's; but for
  // the sampling of bits also of the number of trials, and after a pilot of the pilot's outcomes.
  Row draw(std::uint64_t row) const;
  // Rows [first, last), in order, over all threads.
  std::vector<Row> run(std::uint64_t first, std::uint64_t last) const;
  // A draw is a function of the seed, the site's name, the rate and the point's own seed.
  CurvePoint run_point(std::uint64_t point) const;
  // What is known without trials: all but rows and curve, which are empty.
  CampaignResult frame() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace citrine
