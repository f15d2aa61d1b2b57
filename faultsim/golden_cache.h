#pragma once
// Fault-free runs of a campaign's images, computed when first asked for; the first images' are kept
// within bounded memory.
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "faultsim/engine.h"

namespace citrine {

class GoldenCache {
 public:
  // `images`: codes [count, height, width, channels]. Engine and codes must outlive the cache.
  GoldenCache(const Engine& engine, std::span<const std::int16_t> images, std::uint32_t count,
              std::uint64_t bytes_each);
  // Safe to call from several threads.
  std::shared_ptr<const Golden> operator()(std::uint32_t image) const;

 private:
  const Engine& engine_;
  std::span<const std::int16_t> images_;
  std::size_t image_size_;
  mutable std::mutex mutex_;
  mutable std::vector<std::shared_ptr<const Golden>> kept_;  // of the first images
};

}  // namespace citrine
