// Single-fault trials of ResNet-20 by site against LibTorch's float32 inference (its best layout,
// batches of 64) and the fault-free run of an image, in turn within one run, on one and two
// threads. Goals on one thread, in LibTorch inferences: an operand 1/150, a product 1/120, an
// accumulator 1/80, output register and activation memory 1/50, weight memory 1/15; two threads 1.8
// times the trials. Random weights, or an integer network from a file on images of cifar10, side by
// side where it takes larger ones; all sites, or those that are named. usage: injection_bench
// [rounds] [integer.h5] [site...]
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "bench/contest.h"
#include "bench/torch_resnet20.h"
#include "data/dataset.h"
#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "faultsim/resnet20.h"
#include "kernels/backend.h"
#include "store/integer_network_file.h"

namespace citrine {
namespace {

constexpr std::size_t kTrials = 100;  // of an image, before the next one
constexpr std::size_t kImages = 16;
constexpr int kBatch = 64;
const std::string kGolden = "golden run";

struct Subject {
  IntegerNetwork network;
  std::vector<std::vector<std::int16_t>> images;
};

Subject random_subject() {
  auto builder = testing::resnet20_builder();
  Subject subject{builder.finish(), {}};
  for (std::size_t i = 0; i < kImages; ++i) subject.images.push_back(builder.image(i));
  return subject;
}

Subject subject_from(const char* file) {
  Subject subject{read_integer_network(file).network, {}};
  const auto dataset = load_dataset("cifar10", {.limit = kImages});
  const auto shape = dataset.test.shape;
  const auto& input = subject.network.layers.front();
  std::vector<float> image(static_cast<std::size_t>(shape.elements()));
  for (std::int64_t i = 0; i < dataset.test.count(); ++i) {
    normalize(dataset, dataset.test.image(i), image);
    std::vector<float> tiles;
    for (int y = 0; y < input.height; ++y)
      for (int x = 0; x < input.width; ++x) {
        const auto pixel =
            image.begin() + (y % shape.height * shape.width + x % shape.width) * shape.channels;
        tiles.insert(tiles.end(), pixel, pixel + shape.channels);
      }
    subject.images.push_back(encode_input(subject.network, tiles.data()));
  }
  return subject;
}

std::vector<Site> sites_of(const IntegerNetwork& network, std::span<char*> names) {
  std::vector<Site> sites;
  for (const char* name : names) sites.push_back(site(name));
  for (int i = 0; i < kSites && names.empty(); ++i)
    if (FaultSpace(network, static_cast<Site>(i)).size() > 0) sites.push_back(static_cast<Site>(i));
  return sites;
}

// The trials of one site, image by image; calls go on where the last one ended.
class Trials {
 public:
  Trials(const Engine& engine, const IntegerNetwork& network, std::span<const Golden> goldens,
         Site site)
      : engine_(engine), goldens_(goldens), space_(network, site), order_({}, space_.size()) {}

  void run(int threads) {
    const auto first = next_;
    next_ += static_cast<std::size_t>(threads);
    tbb::parallel_for(first, next_, [&](std::size_t part) {
      std::vector<Fault> faults(kTrials);
      for (std::size_t i = 0; i < kTrials; ++i)
        faults[i] = space_[order_((part * kTrials + i) % space_.size())];
      engine_.run(faults, goldens_[part % goldens_.size()]);
    });
  }

 private:
  const Engine& engine_;
  std::span<const Golden> goldens_;
  FaultSpace space_;
  Permutation order_;
  std::size_t next_ = 0;
};

void compare(const Subject& subject, std::span<const Site> sites, int threads, int rounds) {
  const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                  static_cast<std::size_t>(threads));
  set_torch_threads(threads);
  const auto backend = make_backend("cpu");
  const Engine engine(subject.network, *backend);
  std::vector<Golden> goldens;
  for (const auto& image : subject.images) goldens.push_back(engine.golden(image));

  Contest contest(threads);
  // LibTorch's threads spin while they wait, so it takes part with one thread only.
  const auto layouts = threads == 1 ? TorchResNet20::layouts() : std::vector<std::string>{};
  std::vector<std::unique_ptr<TorchResNet20>> floats;
  for (const auto& layout : layouts) {
    floats.push_back(std::make_unique<TorchResNet20>(layout, kBatch));
    contest.add(layout, kBatch, [&torch = *floats.back()] { torch.run(); });
  }
  contest.add(kGolden, threads, [&] {
    tbb::parallel_for(0, threads, [&](int) { engine.golden(subject.images[0]); });
  });
  std::vector<std::unique_ptr<Trials>> trials;
  for (const Site site : sites) {
    trials.push_back(std::make_unique<Trials>(engine, subject.network, goldens, site));
    contest.add(std::string(name_of(site)), static_cast<double>(kTrials) * threads,
                [&all = *trials.back(), threads] { all.run(threads); });
  }
  contest.run(rounds);

  std::printf("%d thread%s: a golden run %.0f us", threads, threads == 1 ? "" : "s",
              1e6 / contest.rate(kGolden));
  for (const auto& layout : layouts)
    std::printf(", float32 %s %.0f us", layout.c_str(), 1e6 / contest.rate(layout));
  const auto best = std::ranges::max_element(
      layouts, {}, [&](const std::string& layout) { return contest.rate(layout); });
  for (const Site site : sites) {
    const std::string trial(name_of(site));
    std::printf("\n  %-18s %7.2f us, %7.0f trials/s, %5.1f a golden run", trial.c_str(),
                1e6 / contest.rate(trial), contest.rate(trial), contest.ratio(trial, kGolden));
    if (best != layouts.end())
      std::printf(", %4.0f a float32 inference", contest.ratio(trial, *best));
  }
  std::printf("\n");
}

void run(std::span<char*> words) {
  const int rounds = words.empty() ? 21 : std::atoi(words[0]);
  const auto subject = words.size() < 2 ? random_subject() : subject_from(words[1]);
  const auto sites =
      sites_of(subject.network, words.subspan(std::min<std::size_t>(2, words.size())));
  for (const int threads : {1, 2}) compare(subject, sites, threads, rounds);
}

}  // namespace
}  // namespace citrine

int main(int argc, char** argv) { citrine::run(std::span(argv, argv + argc).subspan(1)); }
