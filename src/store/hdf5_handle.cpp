#include "store/hdf5_handle.h"

#include <hdf5.h>

#include <type_traits>

#include "kernels/error.h"

namespace citrine {
namespace {

static_assert(std::is_same_v<hid_t, Hdf5Id> && std::is_same_v<herr_t, int>);

// The innermost entry of the error stack comes first.
herr_t keep_first(unsigned index, const H5E_error2_t* entry, void* text) {
  if (index == 0 && entry->desc != nullptr) *static_cast<std::string*>(text) = entry->desc;
  return 0;
}

std::string reason() {
  std::string text = "no reason given";
  H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &text);
  return text;
}

}  // namespace

std::int64_t require_hdf5(std::int64_t result, const std::string& what) {
  if (result < 0) throw Error("HDF5 cannot ", what, ": ", reason());
  return result;
}

Hdf5Handle::Hdf5Handle(Hdf5Id id, Hdf5Close close, const std::string& what)
    : id_(require_hdf5(id, what)), close_(close) {}

Hdf5Handle::~Hdf5Handle() {
  if (id_ >= 0) close_(id_);
}

QuietHdf5::QuietHdf5() {
  H5Eget_auto2(H5E_DEFAULT, &print_, &argument_);
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

QuietHdf5::~QuietHdf5() { H5Eset_auto2(H5E_DEFAULT, print_, argument_); }

}  // namespace citrine
