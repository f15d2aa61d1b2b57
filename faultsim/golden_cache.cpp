#include "faultsim/golden_cache.h"

#include <algorithm>

namespace citrine {
namespace {

constexpr std::uint64_t kMemory = std::uint64_t{1} << 30;  // bytes

}  // namespace

GoldenCache::GoldenCache(const Engine& engine, std::span<const std::int16_t> images,
                         std::uint32_t count, std::uint64_t bytes_each)
    : engine_(engine),
      images_(images),
      image_size_(images.size() / count),
      kept_(std::min<std::uint64_t>(count, kMemory / bytes_each)) {}

std::shared_ptr<const Golden> GoldenCache::operator()(std::uint32_t image) const {
  {
    const std::scoped_lock lock(mutex_);
    if (image < kept_.size() && kept_[image]) return kept_[image];
  }
  // Not under the lock: two threads may compute the same, which is better than one that waits.
  auto golden = std::make_shared<const Golden>(
      engine_.golden(images_.subspan(image * image_size_, image_size_)));
  const std::scoped_lock lock(mutex_);
  if (image < kept_.size()) kept_[image] = golden;
  return golden;
}

}  // namespace citrine
