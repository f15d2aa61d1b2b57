// Encoding of Gaussian weights. Goal: 20 ns a weight, so that 100 steps for all weights of
// ResNet-20 take half a second.
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/random.h"
#include "quant/number_format.h"

namespace citrine {
namespace {

void run_nearest(benchmark::State& state, const char* name) {
  const NumberFormat format(name);
  std::vector<double> scaled;
  for (std::uint64_t i = 0; i < 65'536; ++i)
    scaled.push_back(normal({1, 0}, i) * format.highest() / 4);
  for (auto _ : state)
    for (const double value : scaled) benchmark::DoNotOptimize(format.nearest(value));
  state.SetItemsProcessed(state.iterations() * std::int64_t(scaled.size()));
}

void run_code(benchmark::State& state, const char* name) {
  const NumberFormat format(name);
  const auto values = format.values();
  for (auto _ : state)
    for (const auto value : values) benchmark::DoNotOptimize(format.code(value));
  state.SetItemsProcessed(state.iterations() * std::int64_t(values.size()));
}

BENCHMARK_CAPTURE(run_nearest, linear8, "linear8");
BENCHMARK_CAPTURE(run_nearest, pot4, "pot4");
BENCHMARK_CAPTURE(run_nearest, twohot7, "twohot7");
BENCHMARK_CAPTURE(run_code, linear8, "linear8");
BENCHMARK_CAPTURE(run_code, twohot7, "twohot7");

}  // namespace
}  // namespace citrine
