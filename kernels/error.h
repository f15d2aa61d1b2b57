#pragma once
// The one exception type: a wrong input, said in one sentence with what must hold, what was got,
// and where.
#include <sstream>
#include <stdexcept>
#include <string>

namespace citrine {

class Error : public std::runtime_error {
 public:
  template <class... Parts>
  explicit Error(const Parts&... parts) : std::runtime_error(join(parts...)) {}

 private:
  template <class... Parts>
  static std::string join(const Parts&... parts) {
    std::ostringstream text;
    (text << ... << parts);
    return text.str();
  }
};

}  // namespace citrine
