// Single-fault trials of a ResNet-20-shaped network with random weights, by site, on one thread. To
// compare: a trial with `infer`, the integer inference of one image; trials/s is
// items_per_second.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "faultsim/engine.h"
#include "faultsim/fault_space.h"
#include "faultsim/resnet20.h"
#include "kernels/backend.h"

namespace citrine {
namespace {

struct Fixture {
  testing::NetworkBuilder builder = testing::resnet20_builder();
  IntegerNetwork network = builder.finish();
  std::vector<std::int16_t> image = builder.image(0);
  std::unique_ptr<Backend> backend = make_backend("cpu");
};

void infer(benchmark::State& state) {
  const Fixture fixture;
  for (auto _ : state)
    benchmark::DoNotOptimize(forward(fixture.network, fixture.image, *fixture.backend));
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(infer)->Unit(benchmark::kMicrosecond);

void trial(benchmark::State& state) {
  const Fixture fixture;
  const Engine engine(fixture.network, *fixture.backend);
  const auto golden = engine.golden(fixture.image);
  const FaultSpace space(fixture.network, static_cast<Site>(state.range(0)));
  const Permutation order({}, space.size());
  std::uint64_t index = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(engine.run(space[order(index++ % space.size())], golden));
  state.SetItemsProcessed(state.iterations());
  state.SetLabel(std::string(name_of(static_cast<Site>(state.range(0)))));
}
BENCHMARK(trial)->DenseRange(0, kSites - 1)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace citrine
