#include "app/log.h"

#include <unistd.h>

#include <algorithm>

#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include "kernels/error.h"

namespace citrine {

bool is_terminal() { return isatty(STDERR_FILENO) == 1; }

void start_log(const std::string& level) {
  const auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  // On a terminal a message takes the place of the progress line.
  sink->set_pattern(is_terminal() ? "\r\x1b[K%v" : "%v");
  sink->set_level(spdlog::level::from_str(level));
  auto logger = std::make_shared<spdlog::logger>("citrine", sink);
  logger->set_level(spdlog::level::debug);
  logger->flush_on(spdlog::level::info);
  // A message that a full disk does not take is lost; the work goes on, and says so if it fails.
  logger->set_error_handler([](const std::string&) {});
  spdlog::set_default_logger(logger);
}

LogFile::LogFile(const std::filesystem::path& path) {
  try {
    sink_ = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path.string());
  } catch (const spdlog::spdlog_ex& error) {
    throw Error(path.string(), ": ", error.what());
  }
  sink_->set_pattern("%Y-%m-%d %H:%M:%S %l %v");
  sink_->set_level(spdlog::level::info);
  spdlog::default_logger()->sinks().push_back(sink_);
}

LogFile::~LogFile() { std::erase(spdlog::default_logger()->sinks(), sink_); }

}  // namespace citrine
