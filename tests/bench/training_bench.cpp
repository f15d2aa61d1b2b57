// Training of 20-layer networks against a plain LibTorch loop of the same network, batch and
// optimizer, in turn within one run; the plain loop has a process of its own, as a user's would.
// `ratio` is our images/s over the plain loop's in its faster memory format; goal: at least 1.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <string>
#include <string_view>

#include <benchmark/benchmark.h>
#include <boost/process.hpp>
#include <torch/nn.h>
#include <torch/optim/sgd.h>

#include "graph/graph_builder.h"
#include "train/train.h"

namespace citrine {
namespace {

constexpr int kConvolutions = 19;
constexpr int kBatch = 64;
constexpr int kBatches = 4;
constexpr int kClasses = 10;
constexpr const char* kPlain = "--plain";  // SIDE CHANNELS: be the plain loop

Graph chain(int side, int channels) {
  GraphBuilder builder({side, side, 3});
  int map = 0;
  for (int i = 0; i < kConvolutions; ++i)
    map = builder.conv_bn_relu("conv" + std::to_string(i), map,
                               {.channels = channels, .kernel = 3, .padding = 1});
  const int pooled = builder.add("pool", {.kind = OpKind::global_average_pool}, {map});
  builder.fully_connected("classify", pooled, kClasses);
  return std::move(builder).build();
}

Dataset noise(int side) {
  Dataset dataset;
  dataset.mean = dataset.deviation = {0.5F, 0.5F, 0.5F};
  auto& set = dataset.train;
  set.shape = {side, side, 3};
  set.classes = kClasses;
  for (int i = 0; i < kBatch * kBatches; ++i)
    set.labels.push_back(static_cast<std::uint8_t>(i % kClasses));
  const auto pixels = set.labels.size() * static_cast<std::size_t>(set.shape.elements());
  for (std::size_t i = 0; i < pixels; ++i)
    set.pixels.push_back(static_cast<std::uint8_t>(random_bits({1, 2}, i) & 255));
  return dataset;
}

// Network, data and optimizer as a LibTorch user writes them.
class PlainLoop {
 public:
  PlainLoop(int side, int channels, at::MemoryFormat format)
      : images_(torch::randn({kBatch, 3, side, side}).contiguous(format)),
        labels_(torch::arange(kBatch).remainder(kClasses)) {
    for (int i = 0; i < kConvolutions; ++i) {
      const auto options =
          torch::nn::Conv2dOptions(i == 0 ? 3 : channels, channels, 3).padding(1).bias(false);
      network_->push_back(torch::nn::Conv2d(options));
      network_->push_back(torch::nn::BatchNorm2d(channels));
      network_->push_back(torch::nn::ReLU(torch::nn::ReLUOptions(true)));
    }
    network_->push_back(torch::nn::AdaptiveAvgPool2d(1));
    network_->push_back(torch::nn::Flatten());
    network_->push_back(torch::nn::Linear(channels, kClasses));
    for (auto& parameter : network_->parameters())
      if (parameter.dim() == 4) parameter.set_data(parameter.data().contiguous(format));
    optimizer_ = std::make_unique<torch::optim::SGD>(
        network_->parameters(),
        torch::optim::SGDOptions(0.01).momentum(0.9).nesterov(true).weight_decay(5e-4));
  }

  void run() {
    for (int batch = 0; batch < kBatches; ++batch) {
      optimizer_->zero_grad();
      const auto loss = torch::nn::functional::cross_entropy(network_->forward(images_), labels_);
      loss.backward();
      optimizer_->step();
      benchmark::DoNotOptimize(loss.item<double>());
    }
  }

 private:
  torch::nn::Sequential network_;
  torch::Tensor images_, labels_;
  std::unique_ptr<torch::optim::SGD> optimizer_;
};

template <class Run>
double seconds_of(Run run) {
  const auto start = std::chrono::steady_clock::now();
  run();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

// Answers each memory format's name on standard input with the seconds of one run.
int serve_plain(int side, int channels) {
  PlainLoop first(side, channels, at::MemoryFormat::Contiguous);
  PlainLoop last(side, channels, at::MemoryFormat::ChannelsLast);
  first.run();
  last.run();
  for (std::string format; std::cin >> format;)
    std::cout << seconds_of([&] { (format == "first" ? first : last).run(); }) << std::endl;
  return 0;
}

class PlainProcess {
 public:
  PlainProcess(int side, int channels)
      : process_("/proc/self/exe", kPlain, std::to_string(side), std::to_string(channels),
                 boost::process::std_in<requests_, boost::process::std_out> answers_) {}

  double seconds(std::string_view format) {
    requests_ << format << std::endl;
    double answer = 0;
    if (!(answers_ >> answer)) throw std::runtime_error("the plain loop ended early");
    return answer;
  }

 private:
  boost::process::opstream requests_;
  boost::process::ipstream answers_;
  boost::process::child process_;
};

double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

void train_chain(benchmark::State& state) {
  const int side = static_cast<int>(state.range(0)), channels = static_cast<int>(state.range(1));
  const auto graph = chain(side, channels);
  const Network network{graph, random_weights(graph, {1, 1})};
  const auto dataset = noise(side);
  std::vector<std::uint32_t> indices;
  for (std::uint32_t i = 0; i < kBatch * kBatches; ++i) indices.push_back(i);
  const TrainSettings settings{.epochs = 1, .batch = kBatch};
  PlainProcess plain(side, channels);
  const auto ours_run = [&] { train(network, dataset, indices, settings, {3, 3}); };
  ours_run();

  std::vector<double> ours, channels_first, channels_last;
  for (auto _ : state) {
    ours.push_back(seconds_of(ours_run));
    channels_first.push_back(plain.seconds("first"));
    channels_last.push_back(plain.seconds("last"));
    state.SetIterationTime(ours.back());
  }
  constexpr double kImages = kBatch * kBatches;
  state.counters["images_per_second"] = kImages / median(ours);
  state.counters["plain_channels_first"] = kImages / median(channels_first);
  state.counters["plain_channels_last"] = kImages / median(channels_last);
  state.counters["ratio"] = std::min(median(channels_first), median(channels_last)) / median(ours);
}

BENCHMARK(train_chain)
    ->ArgNames({"side", "channels"})
    ->Args({32, 16})
    ->Args({16, 64})
    ->UseManualTime()
    ->Iterations(11)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace citrine

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == citrine::kPlain)
    return citrine::serve_plain(std::stoi(argv[2]), std::stoi(argv[3]));
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  benchmark::RunSpecifiedBenchmarks();
}
