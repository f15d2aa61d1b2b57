#include "faultsim/sampling.h"

#include <array>

#include "faultsim/confidence_sequence.h"
#include "kernels/names.h"

namespace citrine {
namespace {

// In the order of Sampling.
constexpr std::array<std::string_view, kSamplings> kNames = {"bits", "macs", "layers", "stratified",
                                                             "list"};
constexpr std::array<std::string_view, kSamplings> kShares = {
    "share of the site's faults, each bit on each image equally likely",
    "share of faults with each multiply-accumulate (in memories each word) equally likely",
    "mean of the layers' shares",
    "share of the site's faults, each bit on each image equally likely, weighted back from strata "
    "drawn by Neyman's allocation after a pilot",
    "plain share of the listed trials: a list is no random sample, so the share speaks of these "
    "trials alone and has no interval"};
constexpr std::string_view kSequence = "a confidence sequence (beta-binomial mixture, a = b = 1/2)";
// In the order of Stratification.
constexpr std::array<std::string_view, 2> kStratificationNames = {"layer", "layer-bit"};

// Of several faults a trial.
std::string describe_together(bool is_sequential, bool is_permanent, std::uint32_t faults) {
  const auto set = "a set of " + std::to_string(faults) + " distinct ";
  const std::string unit =
      is_permanent
          ? set +
                "permanent faults of the site, drawn with replacement, its trials on all images "
                "are a cluster, and the interval is Korn and Graubard's with Satterthwaite's "
                "degrees "
                "of freedom"
          : set +
                "faults of the site and an image, drawn with replacement from these images; the "
                "interval is " +
                (is_sequential ? std::string(kSequence)
                               : "exact (binomial) below 10 hits or misses, else Wilson's");
  return "share of such sets, each on each image equally likely; the sampling unit is " + unit +
         ", 95 %; by layer, a trial counts under the first of its faults, which are in random "
         "order";
}

}  // namespace

std::string_view name_of(Sampling sampling) {
  return kNames.at(static_cast<std::size_t>(sampling));
}

Sampling sampling(std::string_view name) {
  return static_cast<Sampling>(index_of_name("sampling", name, kNames));
}

bool is_same_share(Sampling first, Sampling second) {
  const auto of_bits = [](Sampling sampling) {
    return sampling == Sampling::stratified ? Sampling::bits : sampling;
  };
  return of_bits(first) == of_bits(second);
}

Stratification stratification(std::string_view name) {
  return static_cast<Stratification>(index_of_name("stratification", name, kStratificationNames));
}

bool StopRule::is_met(const SampleCounts& sdc) const {
  if (sdc.trials == 0) return false;
  return (failures > 0 && sdc.hits >= failures) ||
         (width > 0 && confidence_sequence(sdc).width() <= width);
}

std::string describe(Sampling sampling, bool is_sequential, bool is_permanent,
                     std::uint32_t faults_per_trial) {
  if (faults_per_trial > 1) return describe_together(is_sequential, is_permanent, faults_per_trial);
  std::string share(kShares.at(static_cast<std::size_t>(sampling)));
  if (sampling == Sampling::list) return share;
  if (is_permanent)
    return share +
           "; the sampling unit is a permanent fault, drawn without replacement, its trials on all "
           "images are a cluster, and the interval is Korn and Graubard's with Satterthwaite's "
           "degrees of freedom, 95 %";
  const bool is_simple = sampling == Sampling::bits;
  const std::string_view interval =
      is_sequential ? kSequence
      : is_simple   ? "exact (hypergeometric) below 10 hits or misses, else Wilson's for a finite "
                      "population"
                    : "Fay and Feuer's for weighted strata";
  return share +
         "; the sampling unit is a pair (fault, image) drawn without replacement from these "
         "images; the interval is " +
         std::string(interval) + ", 95 %";
}

}  // namespace citrine
