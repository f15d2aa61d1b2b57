#pragma once
// One process at a time in a run directory, or at a result.
#include <filesystem>
#include <optional>

#include "store/descriptor.h"

namespace citrine {

// Held by the process that works in a run directory, through a lock on "<folder>/lock", which names
// the process. Throws Error that names folder and holder if another one does. Who gets it removes
// what a killed holder left half written. A killed process holds nothing.
class RunLock {
 public:
  explicit RunLock(const std::filesystem::path& folder);
  ~RunLock();
  RunLock(const RunLock&) = delete;
  RunLock& operator=(const RunLock&) = delete;

 private:
  Descriptor file_;
};

// The same for a result that is written whole again and again, through "<result>.lock", which is
// removed at the end; RowLog locks itself.
class ResultLock {
 public:
  explicit ResultLock(const std::filesystem::path& result);
  ~ResultLock();
  ResultLock(const ResultLock&) = delete;
  ResultLock& operator=(const ResultLock&) = delete;

 private:
  std::filesystem::path path_;
  std::optional<Descriptor> file_;
};

}  // namespace citrine
