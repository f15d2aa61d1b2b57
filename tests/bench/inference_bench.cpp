// Integer inference of ResNet-20 against LibTorch's float32 and against the most dot products that
// the processor can do, in turn within one run. Goals, at batches of 1 and 64: 4.5 times the best
// of LibTorch's layouts, 70 % of the peak. usage: inference_bench [rounds]
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include <tbb/global_control.h>
#include <tbb/parallel_for.h>

#include "bench/contest.h"
#include "bench/dot_product_peak.h"
#include "bench/torch_resnet20.h"
#include "faultsim/resnet20.h"
#include "kernels/packed_convolution.h"
#include "quant/prepared_layer.h"
#include "quant/prepared_network.h"

namespace citrine {
namespace {

constexpr std::int64_t kPeakRounds = 1 << 15;
const std::string kPeak = "peak", kInteger = "integer";

void add_peak(Contest& contest, int threads) {
  contest.add(kPeak, static_cast<double>(run_dot_products(kPeakRounds)) * threads, [threads] {
    tbb::parallel_for(
        0, threads, [](int) { run_dot_products(kPeakRounds); }, tbb::static_partitioner());
  });
}

double macs(const IntegerNetwork& network) {
  double sum = 0;
  for (const auto& layer : network.layers)
    if (layer.kind == LayerKind::convolution) sum += static_cast<double>(layer.convolution.macs());
  return sum;
}

struct Setting {
  int threads, batch, rounds;
};

std::vector<std::int16_t> random_images(const testing::NetworkBuilder& builder, int count) {
  std::vector<std::int16_t> images;
  for (int i = 0; i < count; ++i) {
    const auto image = builder.image(static_cast<std::uint64_t>(i));
    images.insert(images.end(), image.begin(), image.end());
  }
  return images;
}

void compare_networks(const Setting& setting) {
  const auto builder = testing::resnet20_builder();
  auto copy = builder;
  const auto network = copy.finish();
  const PreparedNetwork prepared(network);
  const auto images = random_images(builder, setting.batch);
  const auto layouts = TorchResNet20::layouts();
  Contest contest(setting.threads);
  add_peak(contest, setting.threads);
  contest.add(kInteger, setting.batch, [&] { prepared.logits(images, setting.batch); });
  std::vector<std::unique_ptr<TorchResNet20>> floats;
  for (const auto& layout : layouts) {
    floats.push_back(std::make_unique<TorchResNet20>(layout, setting.batch));
    contest.add(layout, setting.batch, [&torch = *floats.back()] { torch.run(); });
  }
  contest.run(setting.rounds);

  const auto best = *std::ranges::max_element(
      layouts, {}, [&](const std::string& name) { return contest.rate(name); });
  std::printf("%d thread%s, batch %2d: integer %7.0f images/s", setting.threads,
              setting.threads == 1 ? " " : "s", setting.batch, contest.rate(kInteger));
  for (const auto& layout : layouts)
    std::printf(", %s %5.0f", layout.c_str(), contest.rate(layout));
  std::printf("; integer / best %.2f; peak %.0f GMAC/s, integer %.0f %% of it\n",
              contest.ratio(kInteger, best), contest.rate(kPeak) / 1e9,
              100 * macs(network) * contest.ratio(kInteger, kPeak));
}

void compare_layers(const Setting& setting) {
  const auto network = testing::resnet20();
  auto maps = make_layer_maps<std::uint8_t>(network, setting.batch);
  std::vector<std::unique_ptr<PreparedLayer<std::uint8_t>>> layers;
  Contest contest(1);
  add_peak(contest, 1);
  const auto name = [](std::size_t i) { return std::to_string(i); };
  for (std::size_t i = 1; i + 1 < network.layers.size(); ++i) {
    layers.push_back(std::make_unique<PreparedLayer<std::uint8_t>>(network, i, maps));
    const auto& layer = network.layers[i];
    const bool is_convolution = layer.kind == LayerKind::convolution;
    const double units =
        setting.batch * (is_convolution ? static_cast<double>(layer.convolution.macs())
                                        : static_cast<double>(layer.elements()));
    contest.add(name(i), units,
                [&, &prepared = *layers.back()] { prepared.run(maps, setting.batch); });
  }
  contest.run(setting.rounds);
  std::printf("1 thread, batch %d, by layer:\n", setting.batch);
  for (std::size_t i = 1; i + 1 < network.layers.size(); ++i) {
    const auto& layer = network.layers[i];
    const auto& shape = layer.convolution;
    if (layer.kind == LayerKind::convolution)
      std::printf("  %2zu convolution %dx%dx%d to %d, stride %d: %.0f %% of the peak\n", i,
                  shape.height, shape.width, shape.channels, shape.filters, shape.stride,
                  100 * contest.ratio(name(i), kPeak));
    else
      std::printf("  %2zu %s: %.2f elements/ns\n", i, std::string(name_of(layer.kind)).c_str(),
                  contest.rate(name(i)) / 1e9);
  }
}

void run(int rounds) {
  for (const int threads : {1, 2}) {
    const tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                                    static_cast<std::size_t>(threads));
    set_torch_threads(threads);
    for (const int batch : {1, 64}) compare_networks({threads, batch, rounds});
  }
  for (const int batch : {1, 64}) compare_layers({1, batch, rounds});
}

}  // namespace
}  // namespace citrine

int main(int argc, char** argv) { citrine::run(argc > 1 ? std::atoi(argv[1]) : 21); }
