#include "app/ranks.h"

#ifdef CITRINE_MPI
#include <mpi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <iterator>
#endif

namespace citrine {

#ifdef CITRINE_MPI
namespace {

// Set by Open MPI, by MPICH and its kin, and by srun. Without one of them MPI_Init would start a
// daemon of its own.
bool has_launcher() {
  constexpr const char* kVariables[] = {"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"};
  return std::ranges::any_of(kVariables,
                             [](const char* name) { return std::getenv(name) != nullptr; });
}

}  // namespace

Ranks::Ranks() {
  int was_joined = 0, provided = 0, index = 0, count = 1;
  MPI_Initialized(&was_joined);
  is_open_ = was_joined == 0 && has_launcher();
  if (!is_open_) return;
  MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
  MPI_Comm_rank(MPI_COMM_WORLD, &index);
  MPI_Comm_size(MPI_COMM_WORLD, &count);
  index_ = static_cast<std::uint64_t>(index);
  count_ = static_cast<std::uint64_t>(count);
}

Ranks::~Ranks() {
  if (is_open_ && std::uncaught_exceptions() == 0) MPI_Finalize();
}

void Ranks::wait_for_all() const {
  if (is_open_) MPI_Barrier(MPI_COMM_WORLD);
}
#else
Ranks::Ranks() = default;
Ranks::~Ranks() = default;
void Ranks::wait_for_all() const {}
#endif

}  // namespace citrine
