// Layers of ResNet-20 and others, SIMD against the plain body. Goal: 20 GMAC/s with one thread of
// an AVX2 processor.
#include <vector>

#include <benchmark/benchmark.h>

#include "kernels/backend.h"
#include "kernels/random.h"

namespace citrine {
namespace {

struct Layer {
  Convolution op;
  std::vector<std::int16_t> input, weights;
  std::vector<std::int32_t> bias;
};

std::vector<std::int16_t> codes(std::int64_t size, int low, std::uint64_t stream) {
  std::vector<std::int16_t> result;
  for (std::int64_t i = 0; i < size; ++i)
    result.push_back(static_cast<std::int16_t>(
        low + static_cast<int>(uniform_below({1, stream}, static_cast<std::uint64_t>(i), 256))));
  return result;
}

Layer make_layer(const ConvolutionShape& shape, int images) {
  Layer layer;
  layer.op.shape = shape;
  layer.op.images = images;
  layer.input = codes(std::int64_t{images} * shape.height * shape.width * shape.channels, 0, 0);
  layer.weights = codes(std::int64_t{shape.filters} * shape.steps(), -128, 1);
  layer.bias.resize(static_cast<std::size_t>(shape.filters));
  layer.op.input = layer.input.data();
  layer.op.weights = layer.weights.data();
  layer.op.bias = layer.bias.data();
  return layer;
}

void report_macs(benchmark::State& state, const Convolution& op) {
  state.counters["MAC/s"] = benchmark::Counter(static_cast<double>(op.images * op.shape.macs()),
                                               benchmark::Counter::kIsIterationInvariantRate);
}

void run_simd(benchmark::State& state, const ConvolutionShape& shape) {
  const auto layer = make_layer(shape, static_cast<int>(state.range(0)));
  const auto backend = make_backend("cpu");
  std::vector<std::int32_t> result(static_cast<std::size_t>(layer.op.outputs()));
  for (auto _ : state) {
    backend->convolve(layer.op, result);
    benchmark::DoNotOptimize(result.data());
  }
  report_macs(state, layer.op);
}

void run_plain(benchmark::State& state, const ConvolutionShape& shape) {
  const auto layer = make_layer(shape, static_cast<int>(state.range(0)));
  std::vector<std::int32_t> result(static_cast<std::size_t>(layer.op.outputs()));
  for (auto _ : state) {
    for (std::int64_t i = 0; i < layer.op.outputs(); ++i)
      result[static_cast<std::size_t>(i)] = layer.op(i);
    benchmark::DoNotOptimize(result.data());
  }
  report_macs(state, layer.op);
}

constexpr ConvolutionShape square(int size, int channels, int filters, int kernel, int stride) {
  return {.height = size,
          .width = size,
          .channels = channels,
          .filters = filters,
          .kernel = kernel,
          .stride = stride,
          .padding = kernel / 2};
}

constexpr ConvolutionShape depthwise(int size, int channels) {
  auto shape = square(size, channels, channels, 3, 1);
  shape.groups = channels;
  return shape;
}

BENCHMARK_CAPTURE(run_simd, first_3_16, square(32, 3, 16, 3, 1))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, stage_16, square(32, 16, 16, 3, 1))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, down_16_32, square(32, 16, 32, 3, 2))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, stage_32, square(16, 32, 32, 3, 1))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, down_32_64, square(16, 32, 64, 3, 2))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, stage_64, square(8, 64, 64, 3, 1))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, pointwise_64, square(16, 64, 64, 1, 1))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, depthwise_64, depthwise(16, 64))->Arg(1)->Arg(16);
BENCHMARK_CAPTURE(run_simd, connected_64_10, square(1, 64, 10, 1, 1))->Arg(16)->Arg(256);
BENCHMARK_CAPTURE(run_plain, stage_16, square(32, 16, 16, 3, 1))->Arg(1);
BENCHMARK_CAPTURE(run_plain, stage_64, square(8, 64, 64, 3, 1))->Arg(1);

}  // namespace
}  // namespace citrine
