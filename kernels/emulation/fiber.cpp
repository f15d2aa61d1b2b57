#include "kernels/emulation/fiber.h"

#include <cstdint>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
#define CITRINE_ASAN_FIBERS 1
#elif defined(__SANITIZE_THREAD__)
#define CITRINE_TSAN_FIBERS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CITRINE_ASAN_FIBERS 1
#elif __has_feature(thread_sanitizer)
#define CITRINE_TSAN_FIBERS 1
#endif
#endif

#if defined(CITRINE_ASAN_FIBERS)
#include <sanitizer/common_interface_defs.h>
#elif defined(CITRINE_TSAN_FIBERS)
#include <sanitizer/tsan_interface.h>
#endif

namespace citrine::emulated {
namespace {

constexpr std::size_t kStackBytes = 128 * 1024;

}  // namespace

Fiber::Fiber(std::function<void()> body)
    : body_(std::move(body)), stack_(std::make_unique_for_overwrite<char[]>(kStackBytes)) {
  getcontext(&inside_);
  inside_.uc_stack.ss_sp = stack_.get();
  inside_.uc_stack.ss_size = kStackBytes;
  // makecontext passes int arguments only.
  const auto self = reinterpret_cast<std::uintptr_t>(this);
  makecontext(&inside_, reinterpret_cast<void (*)()>(enter), 2, static_cast<unsigned>(self >> 32),
              static_cast<unsigned>(self));
#if defined(CITRINE_TSAN_FIBERS)
  inside_shadow_ = __tsan_create_fiber(0);
#endif
}

Fiber::~Fiber() {
#if defined(CITRINE_TSAN_FIBERS)
  __tsan_destroy_fiber(inside_shadow_);
#endif
}

void Fiber::enter(unsigned high, unsigned low) {
  // makecontext passes ints alone, so the pointer comes in two halves.
  // NOLINTNEXTLINE(performance-no-int-to-ptr)
  reinterpret_cast<Fiber*>(std::uintptr_t{high} << 32 | low)->loop();
}

void Fiber::loop() {
#if defined(CITRINE_ASAN_FIBERS)
  __sanitizer_finish_switch_fiber(nullptr, &outside_stack_, &outside_bytes_);
#endif
  for (;;) {
    body_();
    pause();
  }
}

void Fiber::resume() {
#if defined(CITRINE_ASAN_FIBERS)
  __sanitizer_start_switch_fiber(&outside_shadow_, stack_.get(), kStackBytes);
#elif defined(CITRINE_TSAN_FIBERS)
  outside_shadow_ = __tsan_get_current_fiber();
  __tsan_switch_to_fiber(inside_shadow_, 0);
#endif
  swapcontext(&outside_, &inside_);
#if defined(CITRINE_ASAN_FIBERS)
  __sanitizer_finish_switch_fiber(outside_shadow_, nullptr, nullptr);
#endif
}

void Fiber::pause() {
#if defined(CITRINE_ASAN_FIBERS)
  __sanitizer_start_switch_fiber(&inside_shadow_, outside_stack_, outside_bytes_);
#elif defined(CITRINE_TSAN_FIBERS)
  __tsan_switch_to_fiber(outside_shadow_, 0);
#endif
  swapcontext(&inside_, &outside_);
#if defined(CITRINE_ASAN_FIBERS)
  __sanitizer_finish_switch_fiber(inside_shadow_, &outside_stack_, &outside_bytes_);
#endif
}

}  // namespace citrine::emulated
