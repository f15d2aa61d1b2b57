// What a search does between trainings. To compare: hypervolumes with pagmo 2.18, 5-D, 0.46, 1.4,
// 8.8 and 27.6 ms for 50, 100, 200 and 400 points; goal: less at each size.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "models/models.h"
#include "objectives/cost.h"
#include "objectives/flip_amplitude.h"
#include "objectives/sensitivity.h"
#include "search/hypervolume.h"
#include "search/lemonade.h"
#include "search/population_cap.h"

namespace citrine {
namespace {

constexpr std::size_t kDimensions = 5;

Points uniform_points(std::int64_t count) {
  Points points(static_cast<std::size_t>(count));
  std::uint64_t drawn = 0;
  for (auto& point : points)
    for (std::size_t d = 0; d < kDimensions; ++d) point.push_back(uniform({1, 0}, drawn++));
  return points;
}

// Moved onto the unit sphere: none dominates another.
Points front_points(std::int64_t count) {
  auto points = uniform_points(count);
  for (auto& point : points) {
    double squares = 0;
    for (const double value : point) squares += value * value;
    for (double& value : point) value /= std::sqrt(squares);
  }
  return points;
}

void volume_of_uniform(benchmark::State& state) {
  const auto points = uniform_points(state.range(0));
  const std::vector<double> reference(kDimensions, 1.1);
  for (auto _ : state) benchmark::DoNotOptimize(hypervolume(points, reference));
}
BENCHMARK(volume_of_uniform)->Arg(50)->Arg(100)->Arg(200)->Arg(400)->Unit(benchmark::kMillisecond);

void volume_of_front(benchmark::State& state) {
  const auto points = front_points(state.range(0));
  const std::vector<double> reference(kDimensions, 1.1);
  for (auto _ : state) benchmark::DoNotOptimize(hypervolume(points, reference));
}
BENCHMARK(volume_of_front)->Arg(50)->Arg(100)->Arg(200)->Arg(400)->Unit(benchmark::kMillisecond);

// A population of 100 after a generation of 16.
void cap_116_to_100(benchmark::State& state) {
  const auto points = front_points(116);
  for (auto _ : state) benchmark::DoNotOptimize(most_contributing(points, 100));
}
BENCHMARK(cap_116_to_100)->Unit(benchmark::kMillisecond);

std::vector<double> objectives(const Graph& graph) {
  const auto total = cost(graph);
  return {sensitivity(graph).mean, static_cast<double>(total.operations),
          static_cast<double>(total.transfer_bytes), total.bandwidth};
}

void objectives_of_resnet56(benchmark::State& state) {
  const auto graph = model("resnet56");
  for (auto _ : state) benchmark::DoNotOptimize(objectives(graph));
}
BENCHMARK(objectives_of_resnet56)->Unit(benchmark::kMillisecond);

void objectives_of_nasnet_a(benchmark::State& state) {
  const auto graph = model("nasnet_a_mobile");
  for (auto _ : state) benchmark::DoNotOptimize(objectives(graph));
}
BENCHMARK(objectives_of_nasnet_a)->Unit(benchmark::kMillisecond);

void sensitivity_of_nasnet_a(benchmark::State& state) {
  const auto graph = model("nasnet_a_mobile");
  for (auto _ : state) benchmark::DoNotOptimize(sensitivity(graph).mean);
}
BENCHMARK(sensitivity_of_nasnet_a)->Unit(benchmark::kMillisecond);

void flip_amplitude_of(benchmark::State& state, const char* name) {
  const auto graph = model(name);
  for (auto _ : state) benchmark::DoNotOptimize(flip_amplitude(graph).mean);
}
BENCHMARK_CAPTURE(flip_amplitude_of, resnet56, "resnet56")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(flip_amplitude_of, nasnet_a, "nasnet_a_mobile")->Unit(benchmark::kMillisecond);

// 64 children of the four start networks, their objectives, 16 of them accepted.
void ask_for_children(benchmark::State& state) {
  std::vector<Network> start;
  for (const char* name : {"lemonade_1", "lemonade_2", "lemonade_3", "lemonade_4"}) {
    const auto graph = model(name);
    start.push_back({graph, random_weights(graph, {1, 2})});
  }
  for (auto _ : state) {
    state.PauseTiming();
    Lemonade lemonade({}, objectives, start, {3, 4});
    std::vector<Evaluated> results;
    for (const auto& candidate : lemonade.ask())
      results.push_back({1 / candidate.cheap[1], candidate.network.weights});
    lemonade.tell(results);
    state.ResumeTiming();
    benchmark::DoNotOptimize(lemonade.ask());
  }
}
BENCHMARK(ask_for_children)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace citrine
