#include "app/progress.h"

#include <cmath>
#include <cstdio>

#include <spdlog/fmt/fmt.h>
#include <spdlog/sinks/sink.h>

#include "app/log.h"

namespace citrine {
namespace {

constexpr std::chrono::milliseconds kTerminalInterval(200), kPlainInterval(10000);

bool is_shown() {
  return spdlog::default_logger()->sinks().front()->should_log(spdlog::level::info);
}

}  // namespace

std::string duration_text(double seconds) {
  const auto whole = std::int64_t{std::lround(seconds)};
  if (whole >= 3600)
    return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

std::string progress_text(std::string_view what, std::int64_t done, std::int64_t total,
                          double seconds_left, std::string_view detail) {
  auto text =
      fmt::format("{}: {} % ({}/{})", what, total > 0 ? done * 100 / total : 0, done, total);
  if (seconds_left >= 0) text += ", " + duration_text(seconds_left) + " left";
  if (!detail.empty()) text += fmt::format(", {}", detail);
  return text;
}

Progress::Progress(std::string what) : what_(std::move(what)), shown_(start_) {}

Progress::~Progress() {
  if (is_line_open_) std::fputs("\r\x1b[K", stderr);
}

void Progress::update(std::int64_t done, std::int64_t total, std::string_view detail) {
  const auto now = Clock::now();
  if (first_ < 0) {
    first_ = done;
    start_ = now;
  }
  if (!is_shown() || now - shown_ < (is_terminal() ? kTerminalInterval : kPlainInterval)) return;
  shown_ = now;
  const double seconds = std::chrono::duration<double>(now - start_).count();
  const double left = done > first_ ? seconds / static_cast<double>(done - first_) *
                                          static_cast<double>(total - done)
                                    : -1;
  const auto text = progress_text(what_, done, total, left, detail);
  is_line_open_ = is_terminal();
  std::fputs(is_line_open_ ? ("\r\x1b[K" + text).c_str() : (text + "\n").c_str(), stderr);
}

}  // namespace citrine
