#pragma once
// Small files of every kind: for tests and, without a test library, for fuzzers.
#include <string>
#include <utility>
#include <vector>

#include "graph/graph_builder.h"
#include "store/files.h"

namespace citrine::testing {

inline Graph sample_graph() {
  GraphBuilder builder({.height = 4, .width = 4, .channels = 1});
  const int relu = builder.conv_bn_relu(
      "stem", 0, {.channels = 2, .kernel = 3, .padding = 1, .has_bias = false});
  const int pooled = builder.add("pool", {.kind = OpKind::global_average_pool}, {relu});
  builder.fully_connected("classes", pooled, 3);
  return std::move(builder).build();
}

inline Origin sample_origin() {
  return {.config = {{"epochs", 2}, {"name", "a \"quoted\" \xc3\xa9"}},
          .seed = 0xfedcba9876543210,
          .record = {{"parent", nullptr}, {"objectives", {{"error_rate", 0.125}}}}};
}

inline IntegerLayer input_layer() {
  IntegerLayer layer;
  layer.name = "image";
  layer.height = layer.width = 2;
  layer.channels = 1;
  return layer;
}

inline IntegerLayer convolution(std::string name, int channels, std::vector<std::int16_t> weights) {
  IntegerLayer layer;
  layer.name = std::move(name);
  layer.kind = LayerKind::convolution;
  layer.channels = channels;
  layer.convolution = {.height = 2, .width = 2, .channels = 1, .filters = channels, .kernel = 2};
  layer.scales = {{.shift = 7}};
  layer.weight_steps = {0.015625};
  layer.weights = std::move(weights);
  layer.bias.assign(static_cast<std::size_t>(channels), -5);
  return layer;
}

inline NetworkFile sample_network() {
  auto graph = sample_graph();
  auto weights = random_weights(graph, {.seed = 1});
  return {.network = {std::move(graph), std::move(weights)}, .origin = sample_origin()};
}

inline IntegerNetworkFile sample_integer_network() {
  auto middle = convolution("middle", 1, {-127, 127, 0, 1});
  middle.inputs = {0};
  middle.scales = {{.multiplier = 77, .shift = 13}};
  middle.accumulator = {.bits = 20, .overflow = Overflow::saturate};
  auto last = convolution("logits", 3, {192, -2, 3});
  last.inputs = {1};
  last.convolution = {.height = 1, .width = 1, .channels = 1, .filters = 3};
  last.weight_format = NumberFormat("twohot8");
  last.scales = {{.shift = 1}, {.multiplier = 3, .shift = 2}, {.shift = 3}};
  return {.network = {{input_layer(), middle, last}},
          .graph = sample_graph(),
          .origin = sample_origin()};
}

inline TrainingState sample_training_state() {
  const auto network = sample_network().network;
  TrainingState state;
  state.epochs_done = 2;
  state.weights = network.weights;
  state.momentum["stem.weight"] = network.weights.at("stem.weight");
  state.history = {{.epoch = 1, .rate = 0.1, .loss = 2.5, .error_rate = 0.75},
                   {.epoch = 2, .rate = 0.05, .loss = 1.25, .error_rate = 0.5}};
  return state;
}

// Two sites with three trials each, and two curve points.
inline CampaignFile sample_campaign() {
  CampaignFile file{.network_fingerprint = fingerprint(sample_integer_network().network),
                    .layers = {"image", "middle", "logits"},
                    .origin = sample_origin()};
  auto& result = file.result;
  for (std::uint32_t i = 0; i < 6; ++i) {
    Row row;
    row.fault = {.site = i < 3 ? Site::accumulator : Site::weight_memory,
                 .layer = 1 + i % 2,
                 .element = i % 3,
                 .step = i,
                 .bit = 31 - i,
                 .width = 1 + i % 2,
                 .effect = static_cast<Effect>(i % kEffects),
                 .value = i == 3 ? 2U : 0U};
    row.image = 9 - i;
    row.outcome = {.kind = static_cast<OutcomeKind>(i % kOutcomeKinds),
                   .golden_class = 2,
                   .faulty_class = static_cast<std::uint8_t>(i),
                   .is_sdc5 = i == 4,
                   .is_drop10 = i > 2,
                   .is_drop20 = i == 5,
                   .logit_change = 0.25F * static_cast<float>(i)};
    result.rows.push_back(row);
  }
  result.curve = {{.site = Site::weight_memory,
                   .rate = 1e-5,
                   .seed = 0,
                   .faults = 3,
                   .images = 10,
                   .wrong = 4,
                   .changed = 1},
                  {.site = Site::weight_memory,
                   .rate = 1e-5,
                   .seed = 1,
                   .faults = 1ULL << 40,
                   .images = 10,
                   .wrong = 10,
                   .changed = 9}};
  result.rises = {0.05, 0.5};
  result.population = {1ULL << 40, 96};
  result.strata = {{.site = Site::accumulator, .population = 1ULL << 40},
                   {.site = Site::weight_memory, .population = 96}};
  result.labels = {2, 2, 2, 2, 0, 2, 2, 2, 2, 1};
  result.images = 10;
  result.correct = 7;
  result.channels = {{.channels = 1}, {1, 4, 1}, {3, 1, 3}};
  return file;
}

// Two images: 12 faults of each bit of products, 6 of the one bit of activations.
inline ExhaustiveFile sample_exhaustive() {
  ExhaustiveFile file{.network_fingerprint = fingerprint(sample_integer_network().network),
                      .layers = {"image", "middle", "logits"},
                      .origin = sample_origin()};
  file.shapes = {{2, 2, 1}, {1, 2, 3}, {1, 1, 6}};
  file.result.labels = {2, 1};
  file.result.classes = {2, 0};
  file.result.trials = 17;
  for (std::uint32_t image = 0; image < 2; ++image) {
    file.result.counts.push_back({image, 1, {Site::product, 0}, {1, 2, 3, 4, 2, 6}});
    file.result.counts.push_back(
        {image, 1, {Site::product, 1}, {0, 0, 0, 7 + image, 5 - image, 0}});
    file.result.counts.push_back({image, 2, {Site::activation_memory, 0}, {0, 0, 3, 3, 0, 3}});
  }
  file.result.criticality = {{1, Site::product, {1, 2, 3, 0, 1, 6}},
                             {2, Site::activation_memory, {0, 0, 0, 0, 0, 0}}};
  return file;
}

}  // namespace citrine::testing
