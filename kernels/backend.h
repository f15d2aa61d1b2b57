#pragma once
// What computes convolutions: the processor, a CUDA device, or the CUDA kernel emulated on the
// processor.
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/convolution.h"

namespace citrine {

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string name() const = 0;
  // Is it this processor alone, so that whole networks may run on it without convolve()?
  virtual bool is_processor() const { return false; }
  // Accumulators of all outputs, [images, out_height, out_width, filters]; pointers of `op` are
  // host memory. A fault, if there is one, acts in the output it names. Safe to call from several
  // threads at once.
  virtual void convolve(const Convolution& op, std::span<std::int32_t> accumulators) const = 0;
};

// "cpu", "emulated", "cuda", or "check:a,b": computes on both and throws Error at the first
// difference.
std::unique_ptr<Backend> make_backend(std::string_view name);
// Names that make_backend accepts on this machine, "cpu" first; "cuda" only where a device answers.
std::vector<std::string> available_backends();

}  // namespace citrine
