#pragma once
// Puts a file's name in front of what another folder's check says.
#include <string>

#include "kernels/error.h"

namespace citrine {

// What `action` returns. An Error of it becomes one that begins with `where`.
template <class Action>
auto located(const std::string& where, const Action& action) {
  try {
    return action();
  } catch (const Error& error) {
    const std::string text = error.what();
    if (text.starts_with(where)) throw;
    throw Error(where, ": ", text);
  }
}

}  // namespace citrine
