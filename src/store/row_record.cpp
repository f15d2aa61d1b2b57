#include "store/row_record.h"

#include <bit>

#include "kernels/error.h"
#include "store/outcome_flags.h"

namespace citrine {
namespace {

// In place of the outcome: the record holds a further fault of the row before.
constexpr std::uint8_t kFurther = 0xff;
constexpr std::size_t kOutcomeAt = 24;
constexpr std::size_t kOutcomeBytes = kRowBytes - kOutcomeAt;

// Takes numbers off the front of a record.
class Record {
 public:
  explicit Record(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint64_t next(std::size_t size) {
    const auto value = number_from(bytes_.first(size));
    bytes_ = bytes_.subspan(size);
    return value;
  }
  std::uint32_t next_word() { return static_cast<std::uint32_t>(next(4)); }
  std::uint8_t next_byte() { return static_cast<std::uint8_t>(next(1)); }
  template <class Enum>
  Enum next_code(int count) {
    const auto code = next_byte();
    if (code >= count) throw Error("a code must be below ", count, ", got ", int{code});
    return static_cast<Enum>(code);
  }

 private:
  std::span<const std::byte> bytes_;
};

void put_fault(Bytes& bytes, const Fault& fault, std::uint32_t image) {
  for (const auto code :
       {static_cast<std::uint64_t>(fault.site), static_cast<std::uint64_t>(fault.effect),
        std::uint64_t{fault.bit}, std::uint64_t{fault.width}})
    put_number(bytes, code, 1);
  for (const auto value : {fault.layer, fault.element, fault.step, fault.value, image})
    put_number(bytes, value, 4);
}

Fault fault_from(Record& record) {
  Fault fault;
  fault.site = record.next_code<Site>(kSites);
  fault.effect = record.next_code<Effect>(kEffects);
  fault.bit = record.next_byte();
  fault.width = record.next_byte();
  for (auto* field : {&fault.layer, &fault.element, &fault.step, &fault.value})
    *field = record.next_word();
  return fault;
}

Row row_from(Record& record) {
  Row row;
  row.fault = fault_from(record);
  row.image = record.next_word();
  row.outcome.kind = record.next_code<OutcomeKind>(kOutcomeKinds);
  row.outcome.golden_class = record.next_byte();
  row.outcome.faulty_class = record.next_byte();
  set_outcome_flags(row.outcome, record.next_byte());
  row.outcome.logit_change = std::bit_cast<float>(record.next_word());
  return row;
}

}  // namespace

void put_number(Bytes& bytes, std::uint64_t value, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i)
    bytes.push_back(static_cast<std::byte>(value >> (8 * i) & 0xff));
}

std::uint64_t number_from(std::span<const std::byte> bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i)
    value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
  return value;
}

void put_record(Bytes& bytes, const Row& row) {
  const auto& outcome = row.outcome;
  put_fault(bytes, row.fault, row.image);
  put_number(bytes, static_cast<std::uint64_t>(outcome.kind), 1);
  put_number(bytes, outcome.golden_class, 1);
  put_number(bytes, outcome.faulty_class, 1);
  put_number(bytes, outcome_flags(outcome), 1);
  put_number(bytes, std::bit_cast<std::uint32_t>(outcome.logit_change), 4);
  for (const auto& fault : row.further) {
    put_fault(bytes, fault, row.image);
    put_number(bytes, kFurther, kOutcomeBytes);
  }
}

void put_record(Bytes& bytes, const CurvePoint& point) {
  put_number(bytes, static_cast<std::uint64_t>(point.site), 1);
  put_number(bytes, std::bit_cast<std::uint64_t>(point.rate), 8);
  put_number(bytes, static_cast<std::uint32_t>(point.seed), 4);
  put_number(bytes, point.faults, 8);
  for (const auto value : {point.images, point.wrong, point.changed}) put_number(bytes, value, 4);
}

void take_record(std::vector<Row>& rows, std::span<const std::byte> bytes) {
  Record record(bytes);
  if (number_from(bytes.subspan(kOutcomeAt, 1)) != kFurther) {
    rows.push_back(row_from(record));
    return;
  }
  if (rows.empty()) throw Error("a further fault must follow its row");
  rows.back().further.push_back(fault_from(record));
}

CurvePoint point_from(std::span<const std::byte> bytes) {
  Record record(bytes);
  CurvePoint point;
  point.site = record.next_code<Site>(kSites);
  point.rate = std::bit_cast<double>(record.next(8));
  point.seed = static_cast<int>(record.next_word());
  point.faults = record.next(8);
  for (auto* field : {&point.images, &point.wrong, &point.changed}) *field = record.next_word();
  return point;
}

}  // namespace citrine
