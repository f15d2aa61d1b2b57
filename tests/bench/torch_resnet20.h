#pragma once
// ResNet-20 in LibTorch's float32 with batch norm folded and random weights, in each of its memory
// layouts.
#include <memory>
#include <string>
#include <vector>

namespace citrine {

class TorchResNet20 {
 public:
  // "contiguous", "channels last", "blocked" (oneDNN's, weights reordered once).
  static std::vector<std::string> layouts();

  TorchResNet20(const std::string& layout, int batch);
  ~TorchResNet20();
  // One inference of the batch.
  void run() const;

 private:
  struct Layers;
  std::unique_ptr<Layers> layers_;
};

void set_torch_threads(int threads);

}  // namespace citrine
