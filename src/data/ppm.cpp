#include "data/ppm.h"

#include "kernels/error.h"

namespace citrine {
namespace {

constexpr int kMostPixels = 4096;

bool is_space(std::uint8_t byte) { return byte == ' ' || (byte >= '\t' && byte <= '\r'); }

class Header {
 public:
  Header(std::span<const std::uint8_t> bytes, const std::string& file)
      : bytes_(bytes), file_(file) {
    if (bytes.size() < 2 || bytes[0] != 'P' || bytes[1] != '6')
      throw Error(file, ": must begin with P6, a binary pixmap");
  }

  // The next number, at most `most`; blanks and comments stand before it.
  int number(const char* what, int most) {
    skip_blanks();
    int value = 0;
    const std::size_t start = place_;
    for (; place_ < bytes_.size() && bytes_[place_] >= '0' && bytes_[place_] <= '9'; ++place_) {
      value = 10 * value + bytes_[place_] - '0';
      if (value > most) throw Error(file_, ": ", what, " must be at most ", most);
    }
    if (place_ == start || value == 0) throw Error(file_, ": ", what, " must be a positive number");
    return value;
  }

  // What follows the single blank after the header.
  std::span<const std::uint8_t> rest() const {
    if (place_ >= bytes_.size() || !is_space(bytes_[place_]))
      throw Error(file_, ": a blank must follow the pixmap header");
    return bytes_.subspan(place_ + 1);
  }

 private:
  void skip_blanks() {
    const std::size_t start = place_;
    while (place_ < bytes_.size() && (is_space(bytes_[place_]) || bytes_[place_] == '#')) {
      if (bytes_[place_] == '#')
        while (place_ < bytes_.size() && bytes_[place_] != '\n') ++place_;
      else
        ++place_;
    }
    if (place_ == start)
      throw Error(file_, ": a blank must stand between the numbers of a pixmap header");
  }

  std::span<const std::uint8_t> bytes_;
  const std::string& file_;
  std::size_t place_ = 2;
};

}  // namespace

Picture parse_ppm(std::span<const std::uint8_t> bytes, const std::string& file) {
  Header header(bytes, file);
  Picture picture;
  picture.width = header.number("width", kMostPixels);
  picture.height = header.number("height", kMostPixels);
  if (header.number("maximum", 65535) != 255)
    throw Error(file, ": the maximum of a pixel must be 255");
  const auto pixels = header.rest();
  const std::size_t size = std::size_t{3} * static_cast<std::size_t>(picture.width) *
                           static_cast<std::size_t>(picture.height);
  if (pixels.size() != size)
    throw Error(file, ": must hold ", size, " bytes of pixels, but has ", pixels.size());
  picture.pixels.assign(pixels.begin(), pixels.end());
  return picture;
}

}  // namespace citrine
