#pragma once
// For messages about texts that a file holds: as short and harmless as a sentence on a terminal
// must be.
#include <cstddef>
#include <string>
#include <string_view>

namespace citrine {

// The first `most` bytes of `text`, "..." behind them if there are more; bytes that are not
// printable ASCII become \xNN.
std::string printable(std::string_view text, std::size_t most = 64);

}  // namespace citrine
