#include <hdf5.h>

#include <algorithm>
#include <set>
#include <string>

#include "kernels/error.h"
#include "store/hdf5_handle.h"
#include "store/hdf5_image.h"
#include "store/hdf5_types.h"

namespace citrine {
namespace {

constexpr hsize_t kChunk = 1 << 16;  // elements; a column of a campaign is read as a whole
constexpr unsigned kDeflateLevel = 6;
constexpr std::size_t kMemoryStep = 1 << 20;

Hdf5Handle properties(hid_t kind) { return {H5Pcreate(kind), H5Pclose, "make properties"}; }

// What a dataset's or attribute's elements are in memory: numbers as they are, texts filled up to
// one size.
struct Packed {
  std::size_t text_size = 1;
  std::string texts;
  const void* bytes = nullptr;
};

Packed pack(const Values& values, const std::string& path) {
  Packed packed;
  if (const auto* texts = std::get_if<std::vector<std::string>>(&values)) {
    for (const auto& text : *texts) {
      if (text.find('\0') != std::string::npos) throw Error(path, " must not hold a zero byte");
      packed.text_size = std::max(packed.text_size, text.size());
    }
    for (const auto& text : *texts)
      packed.texts += text + std::string(packed.text_size - text.size(), '\0');
  }
  return packed;
}

const void* data(const Values& values, const Packed& packed) {
  return std::visit(
      [&](const auto& list) -> const void* {
        if constexpr (std::is_same_v<std::decay_t<decltype(list)>, std::vector<std::string>>)
          return packed.texts.data();
        else
          return list.data();
      },
      values);
}

Hdf5Handle space(const Array& array) {
  if (array.shape.empty()) return {H5Screate(H5S_SCALAR), H5Sclose, "make a scalar"};
  const std::vector<hsize_t> extents(array.shape.begin(), array.shape.end());
  return {H5Screate_simple(static_cast<int>(extents.size()), extents.data(), nullptr), H5Sclose,
          "make a shape"};
}

// No times, so that equal contents give equal bytes.
Hdf5Handle dataset_properties(const Array& array) {
  auto created = properties(H5P_DATASET_CREATE);
  require_hdf5(H5Pset_obj_track_times(created, false), "leave out times");
  if (!array.is_compressed || array.shape.size() != 1 || array.shape[0] == 0) return created;
  const hsize_t chunk = std::min<hsize_t>(kChunk, array.shape[0]);
  require_hdf5(H5Pset_chunk(created, 1, &chunk), "set the chunks");
  // The last chunk is filled up with zeros instead of whatever is in memory.
  require_hdf5(H5Pset_fill_time(created, H5D_FILL_TIME_ALLOC), "fill chunks");
  require_hdf5(H5Pset_shuffle(created), "shuffle");
  require_hdf5(H5Pset_deflate(created, kDeflateLevel), "compress");
  return created;
}

class Writer {
 public:
  explicit Writer(const Contents& contents) : contents_(contents), file_(create(contents)) {}

  std::vector<std::byte> run() {
    for (const auto& [path, array] : contents_.arrays())
      if (path.find('@') == std::string::npos) write_dataset(path, array);
    for (const auto& [path, array] : contents_.arrays())
      if (path.find('@') != std::string::npos) write_attribute(path, array);
    require_hdf5(H5Fflush(file_, H5F_SCOPE_GLOBAL), "finish the file");
    return image();
  }

 private:
  static Hdf5Handle create(const Contents& contents) {
    const auto access = properties(H5P_FILE_ACCESS);
    require_hdf5(H5Pset_fapl_core(access, kMemoryStep, false), "write to memory");
    require_hdf5(H5Pset_libver_bounds(access, H5F_LIBVER_EARLIEST, H5F_LIBVER_V18),
                 "fix the format's version");
    require_hdf5(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "close as a whole");
    const auto created = properties(H5P_FILE_CREATE);
    require_hdf5(H5Pset_userblock(created, kUserBlock), "leave room for the seal");
    require_hdf5(H5Pset_obj_track_times(created, false), "leave out times");
    // HDF5 knows files in memory by name: an address is nobody else's meanwhile.
    const auto name = std::to_string(reinterpret_cast<std::uintptr_t>(&contents));
    return {H5Fcreate(name.c_str(), H5F_ACC_TRUNC, created, access), H5Fclose, "make a file"};
  }

  void make_groups(const std::string& path) {
    for (auto end = path.find('/'); end != std::string::npos; end = path.find('/', end + 1))
      make_group(path.substr(0, end));
  }
  void make_group(const std::string& path) {
    if (!objects_.insert(path).second) return;
    const auto created = properties(H5P_GROUP_CREATE);
    require_hdf5(H5Pset_obj_track_times(created, false), "leave out times");
    const Hdf5Handle group(H5Gcreate2(file_, path.c_str(), H5P_DEFAULT, created, H5P_DEFAULT),
                           H5Gclose, "make group " + path);
  }

  void write_dataset(const std::string& path, const Array& array) {
    make_groups(path);
    objects_.insert(path);
    const auto packed = pack(array.values, path);
    const auto stored = stored_type(array.values, packed.text_size);
    const Hdf5Handle dataset(H5Dcreate2(file_, path.c_str(), stored, space(array), H5P_DEFAULT,
                                        dataset_properties(array), H5P_DEFAULT),
                             H5Dclose, "make " + path);
    require_hdf5(H5Dwrite(dataset, memory_type(array.values, packed.text_size), H5S_ALL, H5S_ALL,
                          H5P_DEFAULT, data(array.values, packed)),
                 "write " + path);
  }

  void write_attribute(const std::string& path, const Array& array) {
    const auto at = path.find('@');
    const auto owner = path.substr(0, at);
    if (!owner.empty()) make_groups(owner + "/");
    const Hdf5Handle object(H5Oopen(file_, owner.empty() ? "/" : owner.c_str(), H5P_DEFAULT),
                            H5Oclose, "open " + owner);
    const auto packed = pack(array.values, path);
    const auto stored = stored_type(array.values, packed.text_size);
    const Hdf5Handle attribute(
        H5Acreate2(object, path.c_str() + at + 1, stored, space(array), H5P_DEFAULT, H5P_DEFAULT),
        H5Aclose, "make " + path);
    require_hdf5(H5Awrite(attribute, memory_type(array.values, packed.text_size),
                          data(array.values, packed)),
                 "write " + path);
  }

  // HDF5 gives the image from its own first byte on.
  std::vector<std::byte> image() const {
    const auto size = require_hdf5(H5Fget_file_image(file_, nullptr, 0), "give the file");
    std::vector<std::byte> bytes(kUserBlock + static_cast<std::size_t>(size));
    require_hdf5(
        H5Fget_file_image(file_, bytes.data() + kUserBlock, static_cast<std::size_t>(size)),
        "give the file");
    return bytes;
  }

  const Contents& contents_;
  Hdf5Handle file_;
  std::set<std::string> objects_;
};

// As a reader counts it.
std::size_t unpacked(const Contents& contents) {
  std::size_t total = 0;
  for (const auto& [path, array] : contents.arrays()) {
    if (const auto* texts = std::get_if<std::vector<std::string>>(&array.values))
      total += texts->size() * (pack(array.values, path).text_size + sizeof(std::string));
    else
      total +=
          std::visit([](const auto& list) { return list.size() * sizeof(list[0]); }, array.values);
  }
  return total;
}

}  // namespace

std::vector<std::byte> hdf5_image(const Contents& contents) {
  const QuietHdf5 quiet;
  auto image = Writer(contents).run();
  if (unpacked(contents) > max_unpacked(image.size()))
    throw Error(contents.where(), ": arrays of ", unpacked(contents), " bytes shrank to ",
                image.size(), ", which no reader would accept");
  return image;
}

}  // namespace citrine
