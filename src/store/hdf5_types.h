#pragma once
// How the elements of an array are stored and held in memory.
#include <cstddef>
#include <string>

#include "store/contents.h"
#include "store/hdf5_handle.h"

namespace citrine {

// Little-endian, whatever the machine; `text_size`: bytes of one text, filled up with zeros.
Hdf5Handle stored_type(const Values& values, std::size_t text_size);
// As the machine holds it.
Hdf5Handle memory_type(const Values& values, std::size_t text_size);
// An empty list of the type that is stored so. Throws Error if no file of ours has that type.
Values list_of_type(Hdf5Id type, const std::string& where);

}  // namespace citrine
