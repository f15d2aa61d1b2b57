#pragma once
// The folder of a search: config.ini, log.txt, lock, candidates/NNNNNN.h5, generations.json,
// timing.json.
#include <filesystem>
#include <optional>
#include <string>

#include "app/log.h"
#include "app/options.h"
#include "search/evaluator.h"
#include "search/lemonade.h"
#include "store/files.h"

namespace citrine {

class RunDirectory {
 public:
  // Makes or opens `folder` and locks it. Throws Error if another process holds it, if it is the
  // run of another configuration (naming the first difference), or if it holds something that is no
  // run.
  RunDirectory(std::filesystem::path folder, const Options& options);

  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path candidate_path(std::uint64_t id) const;
  // Where the training of a candidate in progress is kept.
  std::filesystem::path checkpoint_path(std::uint64_t id) const;

  // The result of this candidate, if it is there. Throws Error if the file is of another candidate.
  std::optional<Evaluated> read(const Candidate& candidate) const;
  void write(const Candidate& candidate, const Evaluated& result) const;
  // Rewrites generations.json.
  void write_generations(const Lemonade& search) const;

 private:
  std::filesystem::path folder_;
  RunLock lock_;
  LogFile log_;
  Origin origin_;
};

// Names of the objectives of a search, the error rate first.
std::vector<std::string> objective_names();

// Hands recorded results to the search and has only the others trained, one after the other; each
// is recorded at once.
class RecordedEvaluator : public Evaluator {
 public:
  RecordedEvaluator(const RunDirectory& run, Evaluator& inner) : run_(run), inner_(inner) {}
  std::vector<Evaluated> evaluate(std::span<const Candidate> batch, Key key) override;

 private:
  const RunDirectory& run_;
  Evaluator& inner_;
};

}  // namespace citrine
