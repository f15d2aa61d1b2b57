#include "kernels/backend.h"

#include "kernels/check_backend.h"
#include "kernels/cpu_backend.h"
#include "kernels/device_backend.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

constexpr std::string_view kCheckPrefix = "check:";
constexpr std::string_view kNames[] = {"cpu", "emulated", "cuda", "check:a,b"};

std::unique_ptr<Backend> make_check(std::string_view pair) {
  const auto comma = pair.find(',');
  if (comma == std::string_view::npos)
    throw Error("'check:' needs two backends, as in 'check:cpu,emulated', got '", kCheckPrefix,
                pair, "'");
  return std::make_unique<CheckBackend>(make_backend(pair.substr(0, comma)),
                                        make_backend(pair.substr(comma + 1)));
}

}  // namespace

std::unique_ptr<Backend> make_backend(std::string_view name) {
  if (name == "cpu") return std::make_unique<CpuBackend>();
  if (name == "emulated") return std::make_unique<EmulatedBackend>();
  if (name == "cuda") return make_cuda_backend();
  if (name.starts_with(kCheckPrefix)) return make_check(name.substr(kCheckPrefix.size()));
  throw Error(unknown_name("backend", name, kNames));
}

std::vector<std::string> available_backends() {
  std::vector<std::string> names = {"cpu", "emulated"};
  if (has_cuda_device()) names.emplace_back("cuda");
  return names;
}

}  // namespace citrine
