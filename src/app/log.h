#pragma once
// Messages go to standard error and, while a run directory is open, to its log.txt.
#include <filesystem>
#include <memory>
#include <string>

#include <spdlog/spdlog.h>

namespace citrine {

// Messages of at least `level` (debug, info, warning, error) to standard error.
void start_log(const std::string& level);
bool is_terminal();  // standard error is one

// Messages of level info and above are appended to the file too while this lives.
class LogFile {
 public:
  explicit LogFile(const std::filesystem::path& path);
  ~LogFile();
  LogFile(const LogFile&) = delete;
  LogFile& operator=(const LogFile&) = delete;

 private:
  spdlog::sink_ptr sink_;
};

}  // namespace citrine
