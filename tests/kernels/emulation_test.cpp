#include <algorithm>
#include <functional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "kernels/device.cuh"
#include "kernels/error.h"

namespace citrine::emulated {
namespace {

using ::testing::HasSubstr;

constexpr int kThreads = 96;

__global__ void reverse(const int* from, int* to) {
  struct Shared {
    int values[kThreads];
  };
  CITRINE_SHARED(Shared, tile);
  const auto i = threadIdx.x;
  tile.values[i] = from[i];
  __syncthreads();
  to[i] = tile.values[kThreads - 1 - i];
}

__global__ void reverse_without_barrier(const int* from, int* to) {
  struct Shared {
    int values[kThreads];
  };
  CITRINE_SHARED(Shared, tile);
  const auto i = threadIdx.x;
  tile.values[i] = from[i];
  to[i] = tile.values[kThreads - 1 - i];
}

__global__ void sum_of_warp(const int* from, int* to) {
  int sum = from[threadIdx.x];
  for (int delta = 16; delta > 0; delta /= 2) sum += __shfl_down_sync(~0U, sum, delta);
  if (threadIdx.x % 32 == 0) to[threadIdx.x / 32] = sum;
}

__global__ void diverge() {
  if (threadIdx.x < 5) __syncthreads();
}

__global__ void meet_at_two_barriers() {
  if (threadIdx.x % 2 == 0)
    __syncthreads();
  else
    __syncthreads();
}

__global__ void throw_in_thread_three() {
  __syncthreads();
  if (threadIdx.x == 3) throw Error("thread three");
}

__global__ void write_place(unsigned* to) {
  const auto thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
  const auto block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
  to[block * blockDim.x * blockDim.y * blockDim.z + thread] = block * 1000 + thread;
}

__global__ void note_turn(std::vector<unsigned>* turns) { turns->push_back(threadIdx.x); }

std::vector<int> squares() {
  std::vector<int> values(kThreads);
  for (int i = 0; i < kThreads; ++i) values[static_cast<std::size_t>(i)] = i * i;
  return values;
}

std::vector<int> reversed_squares() {
  auto values = squares();
  return {values.rbegin(), values.rend()};
}

template <class Kernel>
std::vector<int> run_on_squares(Kernel kernel, std::size_t results) {
  const auto from = squares();
  std::vector<int> to(results);
  launch(kernel, dim3(1), dim3(kThreads), from.data(), to.data());
  return to;
}

template <class Kernel>
std::string failure(Kernel kernel) {
  try {
    launch(kernel, dim3(1), dim3(kThreads));
  } catch (const Error& error) {
    return error.what();
  }
  return "none";
}

class Emulation : public testing::TestWithParam<Order> {
 protected:
  void SetUp() override { set_order(GetParam(), 1); }
  void TearDown() override { set_order(Order::forward); }
};

TEST_P(Emulation, BarrierOrdersSharedMemory) {
  EXPECT_EQ(run_on_squares(reverse, kThreads), reversed_squares());
}

TEST_P(Emulation, AForgottenBarrierShowsInEveryOrder) {
  EXPECT_NE(run_on_squares(reverse_without_barrier, kThreads), reversed_squares());
}

TEST_P(Emulation, WarpsExchangeValues) {
  // Sums of squares of 0..31, 32..63, 64..95.
  EXPECT_THAT(run_on_squares(sum_of_warp, 3), testing::ElementsAre(10416, 74928, 204976));
}

// A device would read what no thread has published.
TEST_P(Emulation, WarpsExchangeWithThreadsOfTheBlockOnly) {
  const auto from = squares();
  std::vector<int> to(3);
  EXPECT_THROW(launch(sum_of_warp, dim3(1), dim3(40), from.data(), to.data()), Error);
}

TEST_P(Emulation, DivergenceIsReportedWithItsPlace) {
  EXPECT_THAT(failure(diverge), HasSubstr("barrier divergence: thread (0, 0, 0) waits at"));
  EXPECT_THAT(failure(diverge), HasSubstr("thread (5, 0, 0) has left the kernel"));
}

TEST_P(Emulation, TwoBarriersAreNotOne) {
  EXPECT_THAT(failure(meet_at_two_barriers), HasSubstr("emulation_test.cpp"));
}

TEST_P(Emulation, AFailedRunLeavesTheNextOneWhole) {
  EXPECT_THAT(failure(diverge), HasSubstr("divergence"));
  EXPECT_EQ(failure(throw_in_thread_three), "thread three");
  EXPECT_EQ(run_on_squares(reverse, kThreads), reversed_squares());
}

TEST_P(Emulation, ThreadsKnowTheirPlace) {
  std::vector<unsigned> places(12 * 24);
  launch(write_place, dim3(2, 3, 2), dim3(4, 3, 2), places.data());
  for (unsigned i = 0; i < places.size(); ++i) EXPECT_EQ(places[i], i / 24 * 1000 + i % 24);
}

TEST_P(Emulation, ThreadsTakeTurnsInTheirOrder) {
  std::vector<unsigned> turns;
  launch(note_turn, dim3(1), dim3(kThreads), &turns);
  EXPECT_EQ(std::ranges::is_sorted(turns), GetParam() == Order::forward);
  EXPECT_EQ(std::ranges::is_sorted(turns, std::greater()), GetParam() == Order::backward);
  std::ranges::sort(turns);
  ASSERT_EQ(turns.size(), static_cast<std::size_t>(kThreads));
  for (unsigned i = 0; i < turns.size(); ++i) EXPECT_EQ(turns[i], i);
}

TEST_P(Emulation, RefusesBlocksThatNoDeviceRuns) {
  EXPECT_THROW(run(dim3(1), dim3(0), [] {}), Error);
  EXPECT_THROW(run(dim3(1), dim3(1025), [] {}), Error);
}

std::string order_name(const testing::TestParamInfo<Order>& order) {
  constexpr const char* kNames[] = {"forward", "backward", "shuffled"};
  return kNames[static_cast<int>(order.param)];
}

INSTANTIATE_TEST_SUITE_P(Orders, Emulation,
                         testing::Values(Order::forward, Order::backward, Order::shuffled),
                         order_name);

}  // namespace
}  // namespace citrine::emulated
