#include "kernels/emulation/cuda_emulation.h"

#include <exception>
#include <map>
#include <memory>
#include <numeric>
#include <random>
#include <string>

#include "kernels/emulation/fiber.h"
#include "kernels/error.h"

namespace citrine::emulated {
namespace {

constexpr std::size_t kWarp = 32;
constexpr std::size_t kMostThreads = 1024;

enum class State { ready, at_block_barrier, at_warp_barrier, done };

// Where a thread of a block stands.
struct Thread {
  std::unique_ptr<Fiber> fiber;
  State state = State::ready;
  const char* file = "";
  int line = 0;
  std::uint64_t published = 0;
  std::exception_ptr error;
};

bool meet(const Thread& a, const Thread& b) {
  return a.state == b.state && (a.state == State::done || (a.line == b.line && a.file == b.file));
}

// One multiprocessor that runs one block at a time.
class Machine {
 public:
  Order order = Order::forward;
  std::mt19937 generator;
  Position here;

  void run(dim3 grid, const std::function<void()>& kernel);
  void wait(State state, const char* file, int line);
  void* shared(const void* site, std::size_t size);
  std::size_t current() const { return current_; }
  std::size_t block_threads() const {
    return std::size_t{here.block_size.x} * here.block_size.y * here.block_size.z;
  }
  Thread& thread(std::size_t index) { return threads_[index]; }

 private:
  void run_block(std::size_t count);
  bool run_ready(std::span<std::size_t> turn);
  bool release(std::size_t first, std::size_t last, State state);
  bool release_all(std::size_t count);
  void grow(std::size_t count);
  dim3 thread_index(std::size_t index) const;
  std::string where(std::size_t index) const;

  std::vector<Thread> threads_;
  std::size_t current_ = 0;
  const std::function<void()>* kernel_ = nullptr;
  std::map<const void*, std::unique_ptr<unsigned char[]>> shared_objects_;
};

Machine& machine() {
  thread_local Machine state;
  return state;
}

void Machine::grow(std::size_t count) {
  while (threads_.size() < count) {
    auto body = [this] {
      try {
        (*kernel_)();
      } catch (...) {
        threads_[current_].error = std::current_exception();
      }
      threads_[current_].state = State::done;
    };
    threads_.emplace_back().fiber = std::make_unique<Fiber>(std::move(body));
  }
}

dim3 Machine::thread_index(std::size_t index) const {
  const auto i = static_cast<unsigned>(index);
  const dim3& size = here.block_size;
  return {i % size.x, i / size.x % size.y, i / size.x / size.y};
}

std::string Machine::where(std::size_t index) const {
  const dim3 t = thread_index(index);
  const auto& thread = threads_[index];
  const auto name = "thread (" + std::to_string(t.x) + ", " + std::to_string(t.y) + ", " +
                    std::to_string(t.z) + ")";
  if (thread.state == State::done) return name + " has left the kernel";
  return name + " waits at " + thread.file + ":" + std::to_string(thread.line);
}

void Machine::run(dim3 grid, const std::function<void()>& kernel) {
  const std::size_t count = block_threads();
  if (count == 0 || count > kMostThreads)
    throw Error("a block has 1 to ", kMostThreads, " threads, got ", count);
  kernel_ = &kernel;
  here.grid_size = grid;
  try {
    for (unsigned z = 0; z < grid.z; ++z)
      for (unsigned y = 0; y < grid.y; ++y)
        for (unsigned x = 0; x < grid.x; ++x) {
          here.block = {x, y, z};
          run_block(count);
        }
  } catch (...) {
    threads_.clear();  // Some stand in the middle of the kernel.
    throw;
  }
}

void Machine::run_block(std::size_t count) {
  grow(count);
  shared_objects_.clear();
  for (std::size_t i = 0; i < count; ++i) threads_[i].state = State::ready;
  std::vector<std::size_t> turn(count);
  std::iota(turn.begin(), turn.end(), std::size_t{0});
  if (order == Order::backward) std::ranges::reverse(turn);
  do {
    if (order == Order::shuffled) std::ranges::shuffle(turn, generator);
  } while (run_ready(turn) || release_all(count));
  for (std::size_t i = 1; i < count; ++i)
    if (!meet(threads_[i], threads_[0]))
      throw Error("barrier divergence: ", where(0), ", ", where(i));
}

bool Machine::run_ready(std::span<std::size_t> turn) {
  bool has_run = false;
  for (const auto index : turn) {
    auto& thread = threads_[index];
    if (thread.state != State::ready) continue;
    current_ = index;
    here.thread = thread_index(index);
    thread.fiber->resume();
    if (thread.error) std::rethrow_exception(thread.error);
    has_run = true;
  }
  return has_run;
}

// Lets the threads [first, last) pass if all of them wait at the same barrier.
bool Machine::release(std::size_t first, std::size_t last, State state) {
  for (auto i = first; i < last; ++i)
    if (threads_[i].state != state || !meet(threads_[i], threads_[first])) return false;
  for (auto i = first; i < last; ++i) threads_[i].state = State::ready;
  return true;
}

bool Machine::release_all(std::size_t count) {
  bool has_released = false;
  for (std::size_t warp = 0; warp < count; warp += kWarp)
    has_released |= release(warp, std::min(count, warp + kWarp), State::at_warp_barrier);
  return release(0, count, State::at_block_barrier) || has_released;
}

void Machine::wait(State state, const char* file, int line) {
  auto& thread = threads_[current_];
  thread.state = state;
  thread.file = file;
  thread.line = line;
  thread.fiber->pause();
}

void* Machine::shared(const void* site, std::size_t size) {
  auto& object = shared_objects_[site];
  if (!object) {
    object = std::make_unique_for_overwrite<unsigned char[]>(size);
    std::generate_n(object.get(), size, [this] { return static_cast<unsigned char>(generator()); });
  }
  return object.get();
}

}  // namespace

void set_order(Order order, std::uint32_t seed) {
  machine().order = order;
  machine().generator.seed(seed);
}

void run(dim3 grid, dim3 block, const std::function<void()>& kernel) {
  machine().here.block_size = block;
  machine().run(grid, kernel);
}

const Position& position() { return machine().here; }

void sync_block(const char* file, int line) { machine().wait(State::at_block_barrier, file, line); }

void* shared(const void* site, std::size_t size) { return machine().shared(site, size); }

std::uint64_t exchange(std::uint64_t value, int source) {
  auto& state = machine();
  const std::size_t from = state.current() / kWarp * kWarp + static_cast<std::size_t>(source);
  if (from >= state.block_threads())
    throw Error("a warp exchange must be with one of the block's ", state.block_threads(),
                " threads, got ", from);
  state.thread(state.current()).published = value;
  state.wait(State::at_warp_barrier, "warp exchange", 1);
  const auto result = state.thread(from).published;
  state.wait(State::at_warp_barrier, "warp exchange", 2);
  return result;
}

int lane() { return static_cast<int>(machine().current() % kWarp); }

}  // namespace citrine::emulated
