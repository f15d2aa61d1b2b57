#pragma once
// Devices by name.
#include <string>

#include <c10/core/Device.h>

namespace citrine {

// "cpu", or "cuda": opens libtorch_cuda beside libtorch_cpu. Throws Error where no device answers.
c10::Device open_device(const std::string& name);

}  // namespace citrine
