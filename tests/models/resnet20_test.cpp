// Published weights through the graph: what the model's wiring has to reproduce.
#include <cstring>
#include <fstream>

#include <gtest/gtest.h>

#include "graph/float_forward.h"
#include "models/models.h"
#include "models/safetensors.h"
#include "shared_data.h"

namespace citrine {
namespace {

constexpr int kImages = 8;
constexpr std::size_t kPixels = 32 * 32, kRecord = 1 + 3 * kPixels;

std::string read(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// A record is a label and the planes R, G, B; the network was trained on normalized pixels.
std::vector<double> image(const std::string& records, int number) {
  constexpr double kMean[] = {0.485, 0.456, 0.406}, kDeviation[] = {0.229, 0.224, 0.225};
  std::vector<double> values;
  for (std::size_t pixel = 0; pixel < kPixels; ++pixel)
    for (std::size_t c = 0; c < 3; ++c) {
      const auto at = static_cast<std::size_t>(number) * kRecord + 1 + c * kPixels + pixel;
      const auto byte = static_cast<unsigned char>(records.at(at));
      values.push_back((byte / 255.0 - kMean[c]) / kDeviation[c]);
    }
  return values;
}

// Ten float logits an image, after the header's line.
std::vector<float> logits(const std::string& npy, int number) {
  std::vector<float> values(10);
  const auto size = values.size() * sizeof(float);
  const auto row = npy.substr(npy.find('\n') + 1 + static_cast<std::size_t>(number) * size, size);
  std::memcpy(values.data(), row.data(), row.size());
  return values;
}

TEST(ResNet20, GivesThePublishedLogits) {
  CITRINE_SHARED_DATA(weights, "weights/resnet20-12fca82f.safetensors");
  CITRINE_SHARED_DATA(images, "cifar10-lossless/test_first1000.bin");
  CITRINE_SHARED_DATA(reference, "weights/resnet20_test_first1000_logits.npy");
  const auto graph = model("resnet20");
  const Network network{graph, match_weights(graph, read_safetensors(weights))};
  const auto records = read(images), npy = read(reference);
  for (int i = 0; i < kImages; ++i) {
    const auto computed = testing::float_forward(network, image(records, i));
    const auto expected = logits(npy, i);
    ASSERT_EQ(computed.size(), expected.size());
    for (std::size_t k = 0; k < expected.size(); ++k)
      EXPECT_NEAR(computed[k], expected[k], 1e-4) << "image " << i;  // the file's are float sums
  }
}

}  // namespace
}  // namespace citrine
