#pragma once
// Names of enumerators and the like, and messages about one that is not valid: the valid one that
// was probably meant.
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace citrine {

// The candidate with the least edit distance to `name` (Levenshtein 1966), the first of equals;
// empty without candidates.
std::string_view nearest_name(std::string_view name, std::span<const std::string_view> candidates);

// "unknown <what> '<name>': did you mean '<nearest>'? (<all>)", for Error; of a long name the first
// 64 bytes.
std::string unknown_name(std::string_view what, std::string_view name,
                         std::span<const std::string_view> candidates);

// Index of `name`; throws Error with unknown_name() if it is none of them.
std::size_t index_of_name(std::string_view what, std::string_view name,
                          std::span<const std::string_view> names);

}  // namespace citrine
