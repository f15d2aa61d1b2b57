#include "models/models.h"

#include <array>
#include <functional>

#include "kernels/error.h"
#include "kernels/names.h"
#include "models/layers.h"
#include "models/nasnet.h"

namespace citrine {
namespace {

// Two 3x3 convolutions and an option A shortcut, He et al. 2016, section 4.2.
int residual_block(GraphBuilder& builder, const std::string& name, int from, int channels,
                   int stride, bool is_projected) {
  int x = builder.convolution(name + ".conv1", from, conv(channels, 3, stride));
  x = builder.relu(name + ".relu1", builder.batch_norm(name + ".bn1", x));
  x = builder.batch_norm(name + ".bn2", builder.convolution(name + ".conv2", x, conv(channels, 3)));
  int shortcut = from;
  if (is_projected)
    shortcut =
        builder.add(name + ".shortcut",
                    {.kind = OpKind::shortcut, .channels = channels, .stride = stride}, {from});
  return builder.relu(name + ".relu2",
                      builder.add(name + ".add", {.kind = OpKind::add}, {x, shortcut}));
}

Graph resnet(Shape input, int classes, int blocks) {
  GraphBuilder builder(input);
  int x =
      builder.relu("relu", builder.batch_norm("bn1", builder.convolution("conv1", 0, conv(16, 3))));
  for (int stage = 0; stage < 3; ++stage)
    for (int block = 0; block < blocks; ++block) {
      const bool is_projected = stage > 0 && block == 0;
      const auto name = "layer" + std::to_string(stage + 1) + "." + std::to_string(block);
      x = residual_block(builder, name, x, 16 << stage, is_projected ? 2 : 1, is_projected);
    }
  classify(builder, x, "linear", classes);
  return std::move(builder).build();
}

// Inverted residual with a linear bottleneck, Sandler et al. 2018, table 1.
int inverted_residual(GraphBuilder& builder, const std::string& name, int from, int in, int out,
                      int expansion, int stride) {
  int x = from;
  const auto conv_bn_relu6 = [&](const std::string& part, Operation op) {
    x = builder.relu6(part + ".relu6",
                      builder.batch_norm(part + ".bn", builder.convolution(part, x, op)));
  };
  if (expansion > 1) conv_bn_relu6(name + ".expand", conv(in * expansion, 1));
  conv_bn_relu6(name + ".depthwise", conv(in * expansion, 3, stride, in * expansion));
  x = builder.batch_norm(name + ".project.bn",
                         builder.convolution(name + ".project", x, conv(out, 1)));
  return stride == 1 && in == out ? builder.add(name + ".add", {.kind = OpKind::add}, {x, from})
                                  : x;
}

// Sandler et al. 2018, table 2; for small images the first convolution and the second stage keep
// the resolution.
Graph mobilenet_v2(Shape input, int classes, bool is_small) {
  struct Stage {
    int expansion, channels, repeats, stride;
  };
  constexpr std::array<Stage, 7> kStages = {{{1, 16, 1, 1},
                                             {6, 24, 2, 2},
                                             {6, 32, 3, 2},
                                             {6, 64, 4, 2},
                                             {6, 96, 3, 1},
                                             {6, 160, 3, 2},
                                             {6, 320, 1, 1}}};
  GraphBuilder builder(input);
  int x = builder.relu6(
      "conv1.relu6",
      builder.batch_norm("conv1.bn",
                         builder.convolution("conv1", 0, conv(32, 3, is_small ? 1 : 2))));
  int channels = 32, block = 0;
  for (const auto& stage : kStages)
    for (int i = 0; i < stage.repeats; ++i) {
      const bool keeps = i > 0 || (is_small && stage.channels == 24);
      x = inverted_residual(builder, "block" + std::to_string(block++), x, channels, stage.channels,
                            stage.expansion, keeps ? 1 : stage.stride);
      channels = stage.channels;
    }
  x = builder.relu6("last.relu6",
                    builder.batch_norm("last.bn", builder.convolution("last", x, conv(1280, 1))));
  classify(builder, x, "classifier", classes);
  return std::move(builder).build();
}

// Start networks of about 15k, 50k, 100k and 400k parameters, two of them separable; sizes after
// Elsken et al. 2019, wiring ours: three resolutions, `depth` convolutions at each.
Graph lemonade(Shape input, int classes, std::array<int, 3> widths, int depth, bool is_separable) {
  GraphBuilder builder(input);
  int x = builder.conv_bn_relu("stem", 0, conv(widths[0], 3));
  int channels = widths[0];
  for (int stage = 0; stage < 3; ++stage) {
    for (int i = 0; i < depth; ++i) {
      const auto name = "stage" + std::to_string(stage + 1) + "." + std::to_string(i);
      if (is_separable)
        x = builder.conv_bn_relu(name + ".depthwise", x, conv(channels, 3, 1, channels));
      channels = widths[static_cast<std::size_t>(stage)];
      x = builder.conv_bn_relu(name + ".conv", x, conv(channels, is_separable ? 1 : 3));
    }
    if (stage < 2)
      x = builder.add("pool" + std::to_string(stage + 1),
                      {.kind = OpKind::max_pool, .kernel = 2, .stride = 2}, {x});
  }
  classify(builder, x, "classifier", classes);
  return std::move(builder).build();
}

struct Model {
  std::string_view name;
  Shape input;
  int classes;
  std::function<Graph(Shape, int)> build;
};

const std::vector<Model>& models() {
  constexpr Shape kCifar{32, 32, 3};
  static const std::vector<Model> all = {
      {"resnet20", kCifar, 10, [](Shape in, int classes) { return resnet(in, classes, 3); }},
      {"resnet32", kCifar, 10, [](Shape in, int classes) { return resnet(in, classes, 5); }},
      {"resnet44", kCifar, 10, [](Shape in, int classes) { return resnet(in, classes, 7); }},
      {"resnet56", kCifar, 10, [](Shape in, int classes) { return resnet(in, classes, 9); }},
      {"mobilenet_v2",
       {224, 224, 3},
       1000,
       [](Shape in, int classes) { return mobilenet_v2(in, classes, false); }},
      {"mobilenet_v2_cifar", kCifar, 10,
       [](Shape in, int classes) { return mobilenet_v2(in, classes, true); }},
      {"lemonade_1", kCifar, 10,
       [](Shape in, int classes) {
         return lemonade(in, classes, {16, 32, 80}, 2, true);
       }},
      {"lemonade_2", kCifar, 10,
       [](Shape in, int classes) {
         return lemonade(in, classes, {24, 48, 80}, 1, false);
       }},
      {"lemonade_3", kCifar, 10,
       [](Shape in, int classes) {
         return lemonade(in, classes, {48, 128, 192}, 2, true);
       }},
      {"lemonade_4", kCifar, 10,
       [](Shape in, int classes) {
         return lemonade(in, classes, {32, 64, 160}, 2, false);
       }},
      {"nasnet_a_mobile",
       {224, 224, 3},
       1000,
       [](Shape in, int classes) {
         return nasnet_a(in, classes, {.repeats = 4, .filters = 44, .has_small_stem = false});
       }},
      {"nasnet_a_cifar", kCifar, 10,
       [](Shape in, int classes) { return nasnet_a(in, classes, {.repeats = 6, .filters = 32}); }},
  };
  return all;
}

}  // namespace

std::vector<std::string> model_names() {
  std::vector<std::string> names;
  for (const auto& entry : models()) names.emplace_back(entry.name);
  return names;
}

Graph model(std::string_view name, const ModelOptions& options) {
  std::vector<std::string_view> names;
  for (const auto& entry : models()) {
    if (entry.name == name)
      return entry.build(options.input.value_or(entry.input),
                         options.classes.value_or(entry.classes));
    names.push_back(entry.name);
  }
  throw Error(unknown_name("network", name, names));
}

}  // namespace citrine
