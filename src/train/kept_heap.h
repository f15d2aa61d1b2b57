#pragma once
// Keeps freed memory within the process while networks train.

namespace citrine {

// Each step frees and takes the same large maps; handed back to the system, their pages would be
// faulted in again every time, a twentieth of a step. What is free is given back when this ends.
class KeptHeap {
 public:
  KeptHeap();
  ~KeptHeap();
  KeptHeap(const KeptHeap&) = delete;
  KeptHeap& operator=(const KeptHeap&) = delete;
};

}  // namespace citrine
