#pragma once
// An HDF5 identifier that closes itself; a failed call is an Error with HDF5's own reason.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace citrine {

// HDF5's hid_t and herr_t, so that no header of ours needs HDF5's.
using Hdf5Id = std::int64_t;
using Hdf5Close = int (*)(Hdf5Id);

class Hdf5Handle {
 public:
  // Throws Error if `id` tells of a failure; `what` completes "HDF5 cannot".
  Hdf5Handle(Hdf5Id id, Hdf5Close close, const std::string& what);
  ~Hdf5Handle();
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  operator Hdf5Id() const { return id_; }  // NOLINT(google-explicit-constructor)

 private:
  Hdf5Id id_;
  Hdf5Close close_;
};

// Throws Error unless `result`, as HDF5's functions return it, is at least 0; gives it back.
std::int64_t require_hdf5(std::int64_t result, const std::string& what);

// Keeps HDF5 from printing its error stack while it lives.
class QuietHdf5 {
 public:
  QuietHdf5();
  ~QuietHdf5();
  QuietHdf5(const QuietHdf5&) = delete;
  QuietHdf5& operator=(const QuietHdf5&) = delete;

 private:
  int (*print_)(Hdf5Id, void*) = nullptr;
  void* argument_ = nullptr;
};

}  // namespace citrine
