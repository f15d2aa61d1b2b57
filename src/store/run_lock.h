#pragma once
// One process at a time in a run directory.
#include <filesystem>

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

}  // namespace citrine
