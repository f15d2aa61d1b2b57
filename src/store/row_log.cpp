#include "store/row_log.h"

#include <fcntl.h>

#include <algorithm>
#include <string_view>

#include "graph/graph_json.h"
#include "kernels/error.h"
#include "store/json_text.h"
#include "store/located.h"
#include "store/row_record.h"
#include "store/sha256.h"

namespace citrine {
namespace {

// Header: magic, length of the JSON, JSON, checksum. Block: kind, number of records, records,
// checksum; a row has one record for each of its faults. A checksum is the start of the SHA-256 of
// everything before it and the one before that.
constexpr std::string_view kMagic = "citrine row log 3\n";
constexpr auto kAnyMagic = kMagic.substr(0, kMagic.find('3'));  // of any version
constexpr std::size_t kCountBytes = 4;
constexpr std::size_t kBlockHead = 1 + kCountBytes;
constexpr std::size_t kChecksum = 16;               // hexadecimal digits
constexpr std::size_t kBlockRecords = kMostFaults;  // so that each row fits into one
enum class BlockKind : std::uint8_t { rows, points };

void put_text(Bytes& bytes, std::string_view text) {
  const auto added = std::as_bytes(std::span(text));
  bytes.insert(bytes.end(), added.begin(), added.end());
}

std::string_view text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::string checksum(std::string_view chain, std::span<const std::byte> bytes) {
  Bytes all;
  put_text(all, chain);
  all.insert(all.end(), bytes.begin(), bytes.end());
  return sha256(all).substr(0, kChecksum);
}

nlohmann::json to_json(const RowLogBinding& binding) {
  return {{"network", binding.network_fingerprint}, {"settings", binding.settings}};
}

Bytes header_of(const RowLogBinding& binding) {
  const auto text = to_json(binding).dump();
  Bytes bytes;
  put_text(bytes, kMagic);
  put_number(bytes, text.size(), kCountBytes);
  put_text(bytes, text);
  put_text(bytes, checksum({}, bytes));
  return bytes;
}

// The binding that a whole header names.
nlohmann::json binding_of(std::span<const std::byte> file, const std::string& where) {
  const auto start = kMagic.size() + kCountBytes;
  if (!text_of(file).starts_with(kAnyMagic)) throw Error(where, " is not a row log");
  if (!text_of(file).starts_with(kMagic))
    throw Error(where, " is a row log of another version of citrine; remove it to begin anew");
  if (file.size() < start) throw Error(where, " is damaged: its header is not whole");
  const auto size = number_from(file.subspan(kMagic.size(), kCountBytes));
  if (file.size() < start + size + kChecksum)
    throw Error(where, " is damaged: its header is not whole");
  if (text_of(file.subspan(start + size, kChecksum)) != checksum({}, file.first(start + size)))
    throw Error(where, " is damaged: its header has another checksum");
  return parse_json(text_of(file.subspan(start, size)), where);
}

void check_header(std::span<const std::byte> file, std::span<const std::byte> header,
                  const RowLogBinding& binding, const std::string& where) {
  if (text_of(file).starts_with(text_of(header))) return;
  const auto there = binding_of(file, where);
  throw Error(where,
              " belongs to another campaign: ", json_difference(there, to_json(binding), "here"),
              "; remove it to begin anew");
}

std::size_t record_bytes(BlockKind kind) {
  return kind == BlockKind::rows ? kRowBytes : kPointBytes;
}

// The whole, unchanged block at the start of `bytes`; empty if there is none.
std::span<const std::byte> first_block(std::span<const std::byte> bytes, std::string_view chain) {
  if (bytes.size() < kBlockHead) return {};
  const auto kind = static_cast<BlockKind>(bytes[0]);
  const auto count = number_from(bytes.subspan(1, kCountBytes));
  if (kind > BlockKind::points || count > kBlockRecords) return {};
  const auto size = kBlockHead + count * record_bytes(kind);
  if (bytes.size() < size + kChecksum) return {};
  if (text_of(bytes.subspan(size, kChecksum)) != checksum(chain, bytes.first(size))) return {};
  return bytes.first(size + kChecksum);
}

// As many of the first ones as one block holds.
template <class Record>
std::span<const Record> first_part(std::span<const Record> records) {
  std::size_t count = 0, size = 0;
  for (; count < records.size(); ++count) {
    size += records_of(records[count]);
    if (size > kBlockRecords) break;
  }
  return records.first(count);
}

template <class Record>
Bytes block_of(BlockKind kind, std::span<const Record> records, std::string_view chain) {
  std::uint64_t count = 0;
  for (const auto& record : records) count += records_of(record);
  Bytes bytes;
  put_number(bytes, static_cast<std::uint64_t>(kind), 1);
  put_number(bytes, count, kCountBytes);
  for (const auto& record : records) put_record(bytes, record);
  put_text(bytes, checksum(chain, bytes));
  return bytes;
}

std::string checksum_of(std::span<const std::byte> block) {
  return std::string(text_of(block.last(kChecksum)));
}

}  // namespace

std::filesystem::path row_log_path(const std::filesystem::path& result) {
  auto path = result;
  path += ".partial";
  return path;
}

RowLog::RowLog(const std::filesystem::path& path, const RowLogBinding& binding)
    : path_(path), file_(path, O_RDWR | O_CREAT) {
  if (!file_.try_lock()) throw Error(path.string(), " is in use by another process");
  Bytes bytes(file_.size());
  file_.read(bytes, 0);
  const auto header = header_of(binding);
  // Killed while the header was written: nothing was done yet.
  const bool is_new = bytes.size() < header.size() && text_of(header).starts_with(text_of(bytes));
  if (is_new) bytes = header;
  check_header(bytes, header, binding, path.string());
  chain_ = checksum_of(header);
  end_ = header.size();
  located(path.string(), [&] { recover(std::span(bytes).subspan(header.size())); });
  if (is_new) file_.write(header, 0);
  if (!is_new && end_ == bytes.size()) return;
  file_.truncate(end_);
  file_.sync();
  sync_folder(folder_of(path));
}

void RowLog::recover(std::span<const std::byte> blocks) {
  for (auto block = first_block(blocks, chain_); !block.empty();
       block = first_block(blocks, chain_)) {
    const auto kind = static_cast<BlockKind>(block[0]);
    const auto size = record_bytes(kind);
    const auto records = block.subspan(kBlockHead, block.size() - kBlockHead - kChecksum);
    for (std::size_t begin = 0; begin < records.size(); begin += size) {
      const auto record = records.subspan(begin, size);
      if (kind == BlockKind::rows)
        take_record(rows_, record);
      else
        points_.push_back(point_from(record));
    }
    chain_ = checksum_of(block);
    end_ += block.size();
    blocks = blocks.subspan(block.size());
  }
}

void RowLog::write_block(std::span<const std::byte> block) {
  try {
    file_.write(block, end_);
    file_.sync();
  } catch (const Error&) {
    file_.truncate(end_);
    throw;
  }
  end_ += block.size();
  chain_ = checksum_of(block);
}

void RowLog::append(std::span<const Row> rows) {
  while (!rows.empty()) {
    const auto part = first_part(rows);
    write_block(block_of(BlockKind::rows, part, chain_));
    rows_.insert(rows_.end(), part.begin(), part.end());
    rows = rows.subspan(part.size());
  }
}

void RowLog::append(std::span<const CurvePoint> points) {
  while (!points.empty()) {
    const auto part = first_part(points);
    write_block(block_of(BlockKind::points, part, chain_));
    points_.insert(points_.end(), part.begin(), part.end());
    points = points.subspan(part.size());
  }
}

void RowLog::remove() {
  std::filesystem::remove(path_);
  sync_folder(folder_of(path_));
}

}  // namespace citrine
