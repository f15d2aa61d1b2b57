#include "data/file_bytes.h"

#include <zlib.h>

#include <algorithm>
#include <memory>

#include "kernels/error.h"

namespace citrine {
namespace {

using Stream = std::unique_ptr<gzFile_s, int (*)(gzFile)>;
constexpr std::size_t kFirst = std::size_t{1} << 14;  // then as much again as was read

// zlib copies a file that is not gzip as it is.
Stream open_stream(const std::filesystem::path& path) {
  if (!std::filesystem::is_regular_file(path)) throw Error(path.string(), ": a file must be here");
  Stream stream(gzopen(path.c_str(), "rb"), gzclose);
  if (!stream) throw Error(path.string(), ": cannot be opened");
  gzbuffer(stream.get(), 1U << 17);
  return stream;
}

// A cut gzip file ends without an error from gzread, so the state is asked for.
void check_state(gzFile stream, const std::filesystem::path& path) {
  int code = Z_OK;
  const char* message = gzerror(stream, &code);
  if (code != Z_OK && code != Z_STREAM_END)
    throw Error(path.string(), ": must be a whole file, but is truncated or damaged (", message,
                ")");
}

}  // namespace

std::vector<std::uint8_t> file_bytes(const std::filesystem::path& path, std::size_t limit) {
  const Stream stream = open_stream(path);
  std::vector<std::uint8_t> bytes;
  for (;;) {
    const std::size_t start = bytes.size(),
                      room = std::min(std::max(kFirst, start), limit + 1 - start);
    bytes.resize(start + room);
    const int got = gzread(stream.get(), bytes.data() + start, static_cast<unsigned>(room));
    bytes.resize(start + static_cast<std::size_t>(std::max(got, 0)));
    check_state(stream.get(), path);
    if (got <= 0) return bytes;
    if (bytes.size() > limit)
      throw Error(path.string(), ": must hold at most ", limit, " bytes, but is longer");
  }
}

}  // namespace citrine
