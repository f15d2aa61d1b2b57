#pragma once
// The processes that mpirun started for one command; without it, or without CITRINE_MPI, one.
#include <cstdint>

namespace citrine {

// Joins the others at its first construction. While an exception ends the process, its destructor
// leaves the others to mpirun, which stops them.
class Ranks {
 public:
  Ranks();
  ~Ranks();
  Ranks(const Ranks&) = delete;
  Ranks& operator=(const Ranks&) = delete;

  std::uint64_t index() const { return index_; }
  std::uint64_t count() const { return count_; }
  bool is_first() const { return index_ == 0; }
  void wait_for_all() const;

 private:
  std::uint64_t index_ = 0, count_ = 1;
  bool is_open_ = false;
};

}  // namespace citrine
