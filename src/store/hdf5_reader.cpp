#include <hdf5.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "kernels/error.h"
#include "store/hdf5_handle.h"
#include "store/hdf5_image.h"
#include "store/hdf5_types.h"
#include "store/located.h"

namespace citrine {
namespace {

constexpr int kMaxDepth = 8;
constexpr int kMaxDimensions = 8;
constexpr std::size_t kMaxObjects = 1 << 20;
constexpr std::size_t kMaxChunkBytes = std::size_t{64} << 20;

herr_t keep_link(hid_t, const char* name, const H5L_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

herr_t keep_attribute(hid_t, const char* name, const H5A_info_t*, void* names) {
  static_cast<std::vector<std::string>*>(names)->emplace_back(name);
  return 0;
}

// Where an array's elements come from: a dataset or an attribute.
struct Source {
  Hdf5Id type, space;
  std::function<void(Hdf5Id memory, void* bytes)> read;
};

class Reader {
 public:
  Reader(std::span<const std::byte> image, const std::string& where, const Wanted& wanted)
      : image_(image),
        where_(where),
        wanted_(wanted),
        contents_(where),
        bytes_left_(max_unpacked(image.size())),
        file_(open(image)) {}

  Contents run() {
    const Hdf5Handle root(H5Gopen2(file_, "/", H5P_DEFAULT), H5Gclose, "open the root group");
    read_attributes(root, "");
    read_group(root, "", 0);
    return std::move(contents_);
  }

 private:
  template <class... Parts>
  [[noreturn]] void fail(const Parts&... parts) const {
    throw Error(where_, ": ", parts...);
  }

  static Hdf5Handle open(std::span<const std::byte> image) {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "make properties");
    require_hdf5(H5Pset_fapl_core(access, 1 << 20, false), "read from memory");
    require_hdf5(H5Pset_fclose_degree(access, H5F_CLOSE_STRONG), "close as a whole");
    // HDF5 copies the image; it takes a pointer to bytes that may be written.
    require_hdf5(H5Pset_file_image(access, const_cast<std::byte*>(image.data()), image.size()),
                 "take the file");
    const auto name = std::to_string(reinterpret_cast<std::uintptr_t>(image.data()));
    return {H5Fopen(name.c_str(), H5F_ACC_RDONLY, access), H5Fclose, "open the file"};
  }

  bool is_wanted(const std::string& path) const { return !wanted_ || wanted_(path); }

  void read_group(Hdf5Id group, const std::string& prefix, int depth) {
    if (depth > kMaxDepth) fail("groups must be nested at most ", kMaxDepth, " deep");
    std::vector<std::string> names;
    require_hdf5(H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_link, &names),
                 "list a group");
    for (const auto& name : names) read_link(group, name, prefix + name, depth);
  }

  void read_link(Hdf5Id group, const std::string& name, const std::string& path, int depth) {
    if (++objects_ > kMaxObjects) fail("must have at most ", kMaxObjects, " objects");
    H5L_info_t link{};
    require_hdf5(H5Lget_info(group, name.c_str(), &link, H5P_DEFAULT), "look at " + path);
    // Other links can lead out of the file.
    if (link.type != H5L_TYPE_HARD) fail(path, " must be no link");
    const Hdf5Handle object(H5Oopen(group, name.c_str(), H5P_DEFAULT), H5Oclose, "open " + path);
    const auto kind = H5Iget_type(object);
    if (kind != H5I_GROUP && kind != H5I_DATASET) fail(path, " must be a group or a dataset");
    if (is_wanted(path)) {
      read_attributes(object, path);
      if (kind == H5I_DATASET) read_dataset(object, path);
    }
    if (kind == H5I_GROUP) read_group(object, path + "/", depth + 1);
  }

  void read_attributes(Hdf5Id object, const std::string& owner) {
    std::vector<std::string> names;
    require_hdf5(H5Aiterate2(object, H5_INDEX_NAME, H5_ITER_INC, nullptr, keep_attribute, &names),
                 "list attributes");
    const auto prefix = owner + "@";
    for (const auto& name : names) read_attribute(object, name, prefix + name);
  }

  void read_attribute(Hdf5Id object, const std::string& name, const std::string& path) {
    if (++objects_ > kMaxObjects) fail("must have at most ", kMaxObjects, " objects");
    const Hdf5Handle attribute(H5Aopen(object, name.c_str(), H5P_DEFAULT), H5Aclose,
                               "open " + path);
    const Hdf5Handle type(H5Aget_type(attribute), H5Tclose, "read the type of " + path);
    const Hdf5Handle space(H5Aget_space(attribute), H5Sclose, "read the shape of " + path);
    read_array(path, {type, space, [&](Hdf5Id memory, void* bytes) {
                        require_hdf5(H5Aread(attribute, memory, bytes), "read " + path);
                      }});
  }

  void read_dataset(Hdf5Id dataset, const std::string& path) {
    const Hdf5Handle type(H5Dget_type(dataset), H5Tclose, "read the type of " + path);
    const Hdf5Handle space(H5Dget_space(dataset), H5Sclose, "read the shape of " + path);
    const bool is_compressed = check_layout(dataset, type, space, path);
    read_array(path,
               {type, space,
                [&](Hdf5Id memory, void* bytes) {
                  require_hdf5(H5Dread(dataset, memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, bytes),
                               "read " + path);
                }},
               is_compressed);
  }

  // True for chunks. Elements must lie in this file, and no filter may load code.
  bool check_layout(Hdf5Id dataset, Hdf5Id type, Hdf5Id space, const std::string& path) const {
    const Hdf5Handle created(H5Dget_create_plist(dataset), H5Pclose, "read the layout of " + path);
    const auto layout = H5Pget_layout(created);
    if (layout == H5D_CHUNKED) {
      check_chunks(created, type, path);
      check_filters(created, path);
      return true;
    }
    const bool is_inside = layout == H5D_COMPACT || layout == H5D_CONTIGUOUS;
    if (!is_inside || H5Pget_external_count(created) != 0) fail(path, " must lie in the file");
    const auto count = require_hdf5(H5Sget_simple_extent_npoints(space), "read " + path);
    if (static_cast<std::size_t>(count) >
        image_.size() / std::max<std::size_t>(1, H5Tget_size(type)))
      fail(path, " has ", count, " values, more than the file holds");
    return false;
  }

  void check_chunks(Hdf5Id created, Hdf5Id type, const std::string& path) const {
    std::array<hsize_t, H5S_MAX_RANK> extents{};
    const auto dimensions = require_hdf5(H5Pget_chunk(created, H5S_MAX_RANK, extents.data()),
                                         "read the chunks of " + path);
    std::size_t bytes = H5Tget_size(type);
    for (std::int64_t i = 0; i < dimensions; ++i) {
      const auto extent = extents[static_cast<std::size_t>(i)];
      if (extent > kMaxChunkBytes / std::max<std::size_t>(1, bytes))
        fail(path, " must have chunks of at most ", kMaxChunkBytes, " bytes");
      bytes *= extent;
    }
  }

  void check_filters(Hdf5Id created, const std::string& path) const {
    const auto count = require_hdf5(H5Pget_nfilters(created), "read the filters of " + path);
    for (unsigned i = 0; i < static_cast<unsigned>(count); ++i) {
      unsigned flags = 0;
      std::size_t values = 0;
      const auto filter = H5Pget_filter2(created, i, &flags, &values, nullptr, 0, nullptr, nullptr);
      if (filter != H5Z_FILTER_SHUFFLE && filter != H5Z_FILTER_DEFLATE)
        fail(path, " must be stored plain, shuffled or deflated");
    }
  }

  std::vector<std::uint64_t> shape(Hdf5Id space, const std::string& path) const {
    const auto kind = H5Sget_simple_extent_type(space);
    if (kind == H5S_SCALAR) return {};
    const int dimensions = H5Sget_simple_extent_ndims(space);
    if (kind != H5S_SIMPLE || dimensions < 0 || dimensions > kMaxDimensions)
      fail(path, " must have at most ", kMaxDimensions, " dimensions");
    std::vector<hsize_t> extents(static_cast<std::size_t>(dimensions));
    require_hdf5(H5Sget_simple_extent_dims(space, extents.data(), nullptr), "read " + path);
    return {extents.begin(), extents.end()};
  }

  // Number of elements, after their bytes are taken off what the file may unpack to.
  std::size_t take(const std::vector<std::uint64_t>& extents, std::size_t size,
                   const std::string& path) {
    std::size_t count = 1;
    if (std::ranges::find(extents, 0U) != extents.end()) count = 0;
    for (const auto extent : extents) {
      if (count != 0 && extent > bytes_left_ / size / count)
        fail(path, " unpacks to more bytes than a file of ", image_.size(), " may");
      count *= extent;
    }
    bytes_left_ -= count * size;
    return count;
  }

  void read_array(const std::string& path, const Source& source, bool is_compressed = false) {
    Array array{.shape = shape(source.space, path),
                .values = list_of_type(source.type, where_ + ": " + path),
                .is_compressed = is_compressed};
    const auto size = H5Tget_size(source.type);
    if (size == 0) fail(path, " has elements of no size");
    const bool is_text = std::holds_alternative<std::vector<std::string>>(array.values);
    const auto count = take(array.shape, size + (is_text ? sizeof(std::string) : 0), path);
    std::visit([&](auto& list) { fill(list, count, size, source); }, array.values);
    contents_.put(path, std::move(array));
  }

  template <class T>
  static void fill(std::vector<T>& list, std::size_t count, std::size_t, const Source& source) {
    list.resize(count);
    if (count > 0) source.read(memory_type(Values(std::vector<T>()), 1), list.data());
  }
  static void fill(std::vector<std::string>& list, std::size_t count, std::size_t size,
                   const Source& source) {
    std::string bytes(count * size, '\0');
    const auto memory = memory_type(Values(list), size);
    // HDF5 does not turn ASCII, as NumPy's texts are, into UTF-8.
    require_hdf5(H5Tset_cset(memory, H5Tget_cset(source.type)), "read texts");
    if (count > 0) source.read(memory, bytes.data());
    for (std::size_t i = 0; i < count; ++i) {
      const char* text = bytes.data() + i * size;
      list.emplace_back(text, ::strnlen(text, size));
    }
  }

  std::span<const std::byte> image_;
  const std::string& where_;
  const Wanted& wanted_;
  Contents contents_;
  std::size_t bytes_left_, objects_ = 0;
  Hdf5Handle file_;
};

}  // namespace

std::size_t max_unpacked(std::size_t image_size) {
  return (std::size_t{256} << 20) + 64 * image_size;
}

Contents hdf5_contents(std::span<const std::byte> image, const std::string& where,
                       const Wanted& wanted) {
  const QuietHdf5 quiet;
  return located(where, [&] { return Reader(image, where, wanted).run(); });
}

}  // namespace citrine
