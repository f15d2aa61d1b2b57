#pragma once
// Fashion-MNIST (Xiao et al. 2017): four idx files, plain or gzip.
#include <filesystem>

#include "data/dataset.h"
#include "data/part_file.h"

namespace citrine {

bool is_fashion_mnist_folder(const std::filesystem::path& folder);
// Error if a file is missing, damaged or another one; it names the size and checksum expected.
Dataset load_fashion_mnist(const std::filesystem::path& folder);

// Each file and what reads it alone, for a check.
std::vector<PartFile> fashion_mnist_files(const std::filesystem::path& folder);

}  // namespace citrine
