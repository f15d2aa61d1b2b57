#pragma once
// The process's heap while networks train.

namespace citrine {

// Keeps freed memory within the process from now on. Each step frees and takes the same large maps;
// handed back to the system, their pages would be faulted in again every time, which costs a
// twentieth of a step.
void keep_freed_memory();

}  // namespace citrine
