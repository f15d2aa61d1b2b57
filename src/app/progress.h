#pragma once
// How far a long piece of work is, with the time left: one rewritten line on a terminal, now and
// then a line elsewhere.
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace citrine {

// "1:05", "2:03:00".
std::string duration_text(double seconds);
// "train: 12 % (1200/10000), 0:42 left, loss 1.2"; seconds_left < 0 if unknown.
std::string progress_text(std::string_view what, std::int64_t done, std::int64_t total,
                          double seconds_left, std::string_view detail);

class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();  // clears the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void update(std::int64_t done, std::int64_t total, std::string_view detail = {});

 private:
  using Clock = std::chrono::steady_clock;

  std::string what_;
  Clock::time_point start_ = Clock::now(), shown_;
  std::int64_t first_ = -1;  // what was done before this process began
  bool is_line_open_ = false;
};

}  // namespace citrine
