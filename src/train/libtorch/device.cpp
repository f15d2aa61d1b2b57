#include "train/libtorch/device.h"

#include <dlfcn.h>

#include <array>
#include <filesystem>
#include <string_view>

#include <ATen/Context.h>
#include <ATen/Parallel.h>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

// The CUDA half must come from the LibTorch that is loaded.
std::filesystem::path cuda_library() {
  Dl_info where{};
  if (dladdr(reinterpret_cast<const void*>(&at::get_num_threads), &where) == 0) return {};
  return std::filesystem::path(where.dli_fname).parent_path() / "libtorch_cuda.so";
}

void open_cuda() {
  if (dlopen(cuda_library().c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr)
    throw Error("no CUDA device: ", dlerror());
  if (!at::hasCUDA() || at::detail::getCUDAHooks().deviceCount() == 0)
    throw Error("no CUDA device answers on this machine");
}

}  // namespace

c10::Device open_device(const std::string& name) {
  static constexpr std::array<std::string_view, 2> kNames{"cpu", "cuda"};
  if (name == "cpu") return {c10::DeviceType::CPU};
  if (name != "cuda") throw Error(unknown_name("device", name, kNames));
  open_cuda();
  return {c10::DeviceType::CUDA, 0};
}

}  // namespace citrine
