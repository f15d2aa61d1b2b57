#pragma once
// The shapes of ResNet-20 for CIFAR-10 (option A) with random weights.
#include "quant/network_builder.h"

namespace citrine::testing {

inline NetworkBuilder resnet20_builder() {
  NetworkBuilder net(20, 32, 32, 3, {NumberFormat("linear8")});
  int last = net.convolution(0, {.filters = 16, .kernel = 3, .padding = 1});
  for (const int filters : {16, 32, 64})
    for (int block = 0; block < 3; ++block) {
      const int stride = filters > 16 && block == 0 ? 2 : 1;
      const int a =
          net.convolution(last, {.filters = filters, .kernel = 3, .stride = stride, .padding = 1});
      const int skip = stride == 1 ? last : net.shortcut(last, stride, filters);
      last = net.convolution(a, {.filters = filters, .kernel = 3, .padding = 1}, skip);
    }
  net.convolution(net.pool(LayerKind::average_pool, last, {.kernel = 8}), {.filters = 10});
  return net;
}

inline IntegerNetwork resnet20() { return resnet20_builder().finish(); }

}  // namespace citrine::testing
