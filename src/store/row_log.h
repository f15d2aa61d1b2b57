#pragma once
// What a growing campaign has done so far, beside its result: append-only, synced block by block,
// so that a killed campaign continues.
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "faultsim/campaign.h"
#include "store/descriptor.h"

namespace citrine {

// What a log belongs to; nothing in it may depend on how far the campaign is.
struct RowLogBinding {
  std::string network_fingerprint;
  nlohmann::json settings = nlohmann::json::object();  // all that rows and curve follow from
};

// "<result>.partial"
std::filesystem::path row_log_path(const std::filesystem::path& result);

class RowLog {
 public:
  // Makes the log, or opens it and drops what was not written to its end. Throws Error if it
  // belongs to another campaign (naming the difference), is no log, or is in use by another
  // process.
  RowLog(const std::filesystem::path& path, const RowLogBinding& binding);

  // In the order of appending.
  const std::vector<Row>& rows() const { return rows_; }
  const std::vector<CurvePoint>& points() const { return points_; }
  std::uint64_t points_done() const { return points_.size(); }

  // A row has at most kMostFaults faults. On disk when they return. On failure the log is as
  // before, and Error says why.
  void append(std::span<const Row> rows);
  void append(std::span<const CurvePoint> points);
  // Deletes the file, once the result is written.
  void remove();

 private:
  void write_block(std::span<const std::byte> block);
  void recover(std::span<const std::byte> blocks);

  std::filesystem::path path_;
  Descriptor file_;
  std::uint64_t end_ = 0;
  std::string chain_;  // SHA-256 of header and blocks so far: each block is bound to what is before
  std::vector<Row> rows_;
  std::vector<CurvePoint> points_;
};

}  // namespace citrine
