#pragma once
// CIFAR-10, binary version (Krizhevsky 2009): records of one label and the planes R, G, B of 32x32
// pixels.
#include <filesystem>
#include <span>
#include <string>

#include "data/dataset.h"
#include "data/part_file.h"

namespace citrine {

// Images of `bytes`, records of 3073 bytes; Error names `file` if the size is no multiple or a
// label exceeds 9.
ImageSet parse_cifar(std::span<const std::uint8_t> bytes, const std::string& file);
// data_batch_1..5.bin and test_batch.bin of 10000 records each.
bool is_cifar_folder(const std::filesystem::path& folder);
// A folder of the six official files, or one file that serves as both parts. Error names the file
// and its size, or, if a file stands in another's place, which one it is.
Dataset load_cifar(const std::filesystem::path& path);

// Each file and what reads it alone, for a check.
std::vector<PartFile> cifar_files(const std::filesystem::path& path);

}  // namespace citrine
