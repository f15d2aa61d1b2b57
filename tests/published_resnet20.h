#pragma once
// The published ResNet-20 of CIFAR-10, and its logits of the first 1000 test images.
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "models/models.h"
#include "models/safetensors.h"
#include "shared_data.h"

namespace citrine::testing {

// Skips its tests where the shared data are absent.
class PublishedResNet20 : public ::testing::Test {
 protected:
  void SetUp() override {
    CITRINE_SHARED_DATA(weights, "weights/resnet20-12fca82f.safetensors");
    CITRINE_SHARED_DATA(logits, "weights/resnet20_test_first1000_logits.npy");
    CITRINE_SHARED_DATA(test, "cifar10-lossless/test_first1000.bin");
    CITRINE_SHARED_DATA(train, "cifar10-lossless/train_first4000.bin");
    network.weights = match_weights(network.graph, read_safetensors(weights));
    logits_path_ = logits;
    dataset.test = load_dataset(test.string()).test;
    dataset.train = load_dataset(train.string()).train;
    dataset.mean = {0.485F, 0.456F, 0.406F};  // what these weights were trained with
    dataset.deviation = {0.229F, 0.224F, 0.225F};
  }

  // Ten a test image: the float32 values of an .npy file, whose header ends in a newline.
  std::vector<float> published_logits() const {
    std::ifstream file(logits_path_, std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(file), {}};
    const auto start = bytes.find('\n') + 1;
    std::vector<float> values((bytes.size() - start) / sizeof(float));
    std::memcpy(values.data(), bytes.data() + start, values.size() * sizeof(float));
    return values;
  }

  Network network = {model("resnet20"), {}};
  Dataset dataset;  // the first 1000 test and 4000 training images

 private:
  std::filesystem::path logits_path_;
};

}  // namespace citrine::testing
