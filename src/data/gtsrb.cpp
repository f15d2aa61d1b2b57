#include "data/gtsrb.h"

#include <algorithm>
#include <charconv>
#include <set>

#include <oneapi/tbb/parallel_for.h>

#include "data/file_bytes.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostImageBytes = std::size_t{3} * 4096 * 4096 + 1024,
                      kMostTableBytes = std::size_t{8} << 20;
constexpr int kLeastSize = 1, kMostSize = 1024;
constexpr std::uint32_t kMostTracks = 100000;  // the number of a track has five digits

// "00007" for 7, as folders and tables are named.
std::string five_digits(int number) {
  const std::string digits = std::to_string(number);
  return std::string(5 - digits.size(), '0') + digits;
}

fs::path first_present(const std::vector<fs::path>& candidates) {
  const auto found =
      std::ranges::find_if(candidates, [](const fs::path& path) { return fs::exists(path); });
  return found == candidates.end() ? fs::path{} : *found;
}

fs::path training_folder(const fs::path& folder) {
  return first_present({folder / "Final_Training/Images", folder / "Training",
                        folder / "GTSRB/Final_Training/Images", folder / "GTSRB/Training"});
}

fs::path test_folder(const fs::path& folder) {
  return first_present({folder / "Final_Test/Images", folder / "GTSRB/Final_Test/Images"});
}

// The table of the test part comes in an archive of its own, so it may lie beside or above the
// images.
fs::path find_test_table(const fs::path& folder) {
  const fs::path images = test_folder(folder);
  if (images.empty()) return {};
  const fs::path name = "GT-final_test.csv";
  return first_present({images / name, images.parent_path() / name,
                        images.parent_path().parent_path() / name, folder / name});
}

// Images lie beside a table or, in the test part, in a folder near it.
fs::path image_folder(const fs::path& table) {
  const fs::path here = table.parent_path();
  const fs::path found = first_present(
      {here / "Images", here / "Final_Test/Images", here / "GTSRB/Final_Test/Images"});
  return found.empty() ? here : found;
}

bool is_training_table(const fs::path& table) { return table.filename() != "GT-final_test.csv"; }

void check_complete(const fs::path& table, const fs::path& images,
                    const std::vector<SignFile>& files) {
  std::set<std::string> listed;
  for (const SignFile& file : files)
    if (!listed.insert(file.row.file).second)
      throw Error(table.string(), ": lists ", file.row.file, " twice");
  for (const auto& entry : fs::directory_iterator(images))
    if (entry.path().extension() == ".ppm" && !listed.contains(entry.path().filename().string()))
      throw Error(table.string(), ": must list every image of ", images.string(), ", but ",
                  entry.path().filename().string(), " is missing; the table may be truncated");
}

void check_class(const fs::path& table, const std::vector<SignFile>& files) {
  for (const SignFile& file : files)
    if (table.filename() != "GT-" + five_digits(file.row.label) + ".csv")
      throw Error(table.string(), ": must list images of its own class, but ", file.row.file,
                  " is of class ", int{file.row.label});
}

// Track of "00003_00012.ppm": 3.
std::uint32_t group_of(const SignFile& file) {
  std::uint32_t track = 0;
  const std::string& name = file.row.file;
  const auto [end, code] = std::from_chars(name.data(), name.data() + name.size(), track);
  if (code != std::errc{} || *end != '_' || track >= kMostTracks)
    throw Error(file.path.string(), ": a training image must be named <track>_<number>.ppm");
  return file.row.label * kMostTracks + track;
}

std::vector<SignFile> training_files(const fs::path& folder) {
  std::vector<SignFile> files;
  for (const fs::path& table : gtsrb_training_tables(folder)) {
    const auto part = gtsrb_files(table);
    files.insert(files.end(), part.begin(), part.end());
  }
  return files;
}

// The order is by class, so a limited set takes files evenly.
std::vector<SignFile> spread(const std::vector<SignFile>& files, std::int64_t limit) {
  const auto wanted = static_cast<std::size_t>(limit);
  if (wanted == 0 || wanted >= files.size()) return files;
  std::vector<SignFile> chosen;
  for (std::size_t i = 0; i < wanted; ++i) chosen.push_back(files[i * files.size() / wanted]);
  return chosen;
}

ImageSet read_images(const std::vector<SignFile>& files, int size) {
  ImageSet set;
  set.shape = {size, size, 3};
  set.classes = kSignClasses;
  const auto elements = static_cast<std::size_t>(set.shape.elements());
  set.pixels.resize(files.size() * elements);
  for (const SignFile& file : files) set.labels.push_back(file.row.label);
  oneapi::tbb::parallel_for(std::size_t{0}, files.size(), [&](std::size_t i) {
    std::ranges::copy(gtsrb_pixels(files[i], size),
                      set.pixels.begin() + static_cast<std::ptrdiff_t>(i * elements));
  });
  return set;
}

}  // namespace

bool is_gtsrb_folder(const fs::path& folder) {
  return !training_folder(folder).empty() || !test_folder(folder).empty();
}

std::vector<fs::path> gtsrb_training_tables(const fs::path& folder) {
  const fs::path images = training_folder(folder);
  if (images.empty()) throw Error(folder.string(), ": must hold Final_Training/Images or Training");
  std::vector<fs::path> tables;
  for (int label = 0; label < kSignClasses; ++label) {
    const std::string digits = five_digits(label);
    tables.push_back(images / digits / ("GT-" + digits + ".csv"));
    if (!fs::exists(tables.back()))
      throw Error(tables.back().string(), ": the table of a class must be here");
  }
  return tables;
}

fs::path gtsrb_test_table(const fs::path& folder) {
  fs::path table = find_test_table(folder);
  if (table.empty())
    throw Error(folder.string(), ": must hold Final_Test/Images and GT-final_test.csv");
  return table;
}

std::vector<SignFile> gtsrb_files(const fs::path& table) {
  const fs::path images = image_folder(table);
  std::vector<SignFile> files;
  for (SignRow& row : parse_gtsrb_csv(file_bytes(table, kMostTableBytes), table.string())) {
    fs::path path = images / row.file;
    files.push_back({std::move(path), std::move(row)});
  }
  check_complete(table, images, files);
  if (is_training_table(table)) check_class(table, files);
  return files;
}

std::vector<std::uint8_t> gtsrb_pixels(const SignFile& file, int size) {
  const Picture picture = parse_ppm(file_bytes(file.path, kMostImageBytes), file.path.string());
  if (picture.width != file.row.width || picture.height != file.row.height)
    throw Error(file.path.string(), ": must be ", file.row.width, "x", file.row.height,
                " as its table says, but is ", picture.width, "x", picture.height);
  const auto side = static_cast<std::size_t>(size);
  std::vector<std::uint8_t> pixels(3 * side * side);
  resize(picture, file.row.box, size, pixels);
  return pixels;
}

Dataset load_gtsrb(const fs::path& folder, const LoadOptions& options) {
  if (options.image_size < kLeastSize || options.image_size > kMostSize)
    throw Error("image size must be from ", kLeastSize, " to ", kMostSize, ", got ",
                options.image_size);
  Dataset dataset;
  dataset.name = "gtsrb";
  dataset.may_flip = false;
  // The constants that PyTorch projects share, of whole pictures. Cropped, 4300 of them measure
  // .3625 .3271 .3480 and .2664 .2508 .2636.
  dataset.mean = {.3403F, .3121F, .3214F};
  dataset.deviation = {.2724F, .2608F, .2669F};
  const auto training = spread(training_files(folder), options.limit);
  dataset.train = read_images(training, options.image_size);
  for (const SignFile& file : training) dataset.train.groups.push_back(group_of(file));
  dataset.test =
      read_images(spread(gtsrb_files(gtsrb_test_table(folder)), options.limit), options.image_size);
  return dataset;
}

}  // namespace citrine
