#include "store/hdf5_types.h"

#include <hdf5.h>

#include <array>
#include <utility>

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr std::size_t kNumbers = std::variant_size_v<Values> - 1;

struct NumberType {
  hid_t stored, memory;
  Values (*list)();
};

template <std::size_t... index>
std::array<NumberType, kNumbers> number_types(std::index_sequence<index...>) {
  const std::array<std::pair<hid_t, hid_t>, kNumbers> types = {
      {{H5T_STD_I8LE, H5T_NATIVE_INT8},
       {H5T_STD_U8LE, H5T_NATIVE_UINT8},
       {H5T_STD_I16LE, H5T_NATIVE_INT16},
       {H5T_STD_I32LE, H5T_NATIVE_INT32},
       {H5T_STD_U32LE, H5T_NATIVE_UINT32},
       {H5T_STD_I64LE, H5T_NATIVE_INT64},
       {H5T_STD_U64LE, H5T_NATIVE_UINT64},
       {H5T_IEEE_F32LE, H5T_NATIVE_FLOAT},
       {H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE}}};
  return {{{types[index].first, types[index].second,
            [] { return Values(std::in_place_index<index>); }}...}};
}

// In the order of Values, text left out.
std::array<NumberType, kNumbers> number_types() {
  return number_types(std::make_index_sequence<kNumbers>());
}

Hdf5Handle copy_of(hid_t type) { return {H5Tcopy(type), H5Tclose, "copy a type"}; }

Hdf5Handle text_type(std::size_t size) {
  auto type = copy_of(H5T_C_S1);
  require_hdf5(H5Tset_size(type, size), "make texts of " + std::to_string(size) + " bytes");
  require_hdf5(H5Tset_strpad(type, H5T_STR_NULLPAD), "fill texts with zeros");
  require_hdf5(H5Tset_cset(type, H5T_CSET_UTF8), "store texts as UTF-8");
  return type;
}

}  // namespace

Hdf5Handle stored_type(const Values& values, std::size_t text_size) {
  if (values.index() == kNumbers) return text_type(text_size);
  return copy_of(number_types()[values.index()].stored);
}

Hdf5Handle memory_type(const Values& values, std::size_t text_size) {
  if (values.index() == kNumbers) return text_type(text_size);
  return copy_of(number_types()[values.index()].memory);
}

Values list_of_type(Hdf5Id type, const std::string& where) {
  for (const auto& number : number_types())
    if (H5Tequal(type, number.stored) > 0) return number.list();
  if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0)
    return std::vector<std::string>();
  throw Error(where,
              " must hold int8, uint8, int16, int32, uint32, int64, uint64, float32, float64, or "
              "texts of fixed length");
}

}  // namespace citrine
