#pragma once
// German Traffic Sign Recognition Benchmark (Stallkamp et al. 2012), 43 classes.
#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/gtsrb_csv.h"

namespace citrine {

struct SignFile {
  std::filesystem::path path;
  SignRow row;
};

bool is_gtsrb_folder(const std::filesystem::path& folder);
// The annotation files of the training part, one a class, and of the test part, in order. Error if
// a class is missing.
std::vector<std::filesystem::path> gtsrb_training_tables(const std::filesystem::path& folder);
std::filesystem::path gtsrb_test_table(const std::filesystem::path& folder);
// The images that a table lists; Error if the folder holds an image that it does not list (a
// truncated table), or if a training table lists another class.
std::vector<SignFile> gtsrb_files(const std::filesystem::path& table);
// Pixels of the sign [size, size, 3]: cropped to its box as Ciresan et al. 2012 do, then resized.
// Error names the file.
std::vector<std::uint8_t> gtsrb_pixels(const SignFile& file, int size);
// Folders Final_Training/Images and Final_Test/Images, or Training as in the corrected archive,
// here or in GTSRB/. Groups are (class, track): a track is one sign filmed about 30 times.
Dataset load_gtsrb(const std::filesystem::path& folder, const LoadOptions& options);

}  // namespace citrine
