#include <memory>

#include <ATen/Parallel.h>
#include <tbb/global_control.h>

#include "kernels/error.h"
#include "train/train.h"

namespace citrine {

void set_threads(int threads) {
  if (threads < 1) throw Error("threads must be at least 1, got ", threads);
  // TBB's limit holds as long as this object lives: until the next call, or the end.
  static std::unique_ptr<tbb::global_control> limit;
  limit.reset();
  limit = std::make_unique<tbb::global_control>(tbb::global_control::max_allowed_parallelism,
                                                static_cast<std::size_t>(threads));
  at::set_num_threads(threads);
}

}  // namespace citrine
