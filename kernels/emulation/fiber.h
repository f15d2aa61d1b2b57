#pragma once
// A stack of its own on which a function is called again and again, and can pause in the middle.
#include <ucontext.h>

#include <cstddef>
#include <functional>
#include <memory>

namespace citrine::emulated {

class Fiber {
 public:
  // `body` must not throw; each call of it begins at the resume after the last one ended.
  explicit Fiber(std::function<void()> body);
  ~Fiber();
  Fiber(const Fiber&) = delete;
  Fiber& operator=(const Fiber&) = delete;

  // Runs the body until it pauses or ends.
  void resume();
  // From within the body: back to the caller of resume().
  void pause();

 private:
  static void enter(unsigned high, unsigned low);
  void loop();

  std::function<void()> body_;
  std::unique_ptr<char[]> stack_;
  ucontext_t inside_{};
  ucontext_t outside_{};
  // What the sanitizers know the two stacks by; unused without them.
  void* inside_shadow_ = nullptr;
  void* outside_shadow_ = nullptr;
  const void* outside_stack_ = nullptr;
  std::size_t outside_bytes_ = 0;
};

}  // namespace citrine::emulated
