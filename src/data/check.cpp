#include <functional>

#include "data/catalog.h"
#include "data/cifar.h"
#include "data/fashion_mnist.h"
#include "data/gtsrb.h"
#include "data/locate.h"
#include "kernels/error.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

// The problem without the file's name before it.
std::string problem_of(const fs::path& path, const std::function<void()>& read) {
  try {
    read();
    return {};
  } catch (const Error& error) {
    const std::string text = error.what(), name = path.string() + ": ";
    return text.starts_with(name) ? text.substr(name.size()) : text;
  }
}

CheckedFile checked(const fs::path& path, const std::function<void()>& read) {
  return {path, problem_of(path, read)};
}

// A damaged table hides its images, so it alone is listed.
void check_table(const fs::path& table, std::vector<CheckedFile>& files) {
  std::vector<SignFile> images;
  files.push_back(checked(table, [&] { images = gtsrb_files(table); }));
  for (const SignFile& image : images)
    files.push_back(checked(image.path, [&] { gtsrb_pixels(image, 1); }));
}

std::vector<CheckedFile> check_gtsrb(const fs::path& folder) {
  std::vector<CheckedFile> files;
  std::vector<fs::path> tables;
  const std::string problem = problem_of(folder, [&] { tables = gtsrb_training_tables(folder); });
  if (!problem.empty()) files.push_back({folder, problem});
  const std::string test_problem =
      problem_of(folder, [&] { tables.push_back(gtsrb_test_table(folder)); });
  if (!test_problem.empty()) files.push_back({folder, test_problem});
  for (const fs::path& table : tables) check_table(table, files);
  return files;
}

std::vector<CheckedFile> check_parts(const std::vector<PartFile>& parts) {
  std::vector<CheckedFile> files;
  for (const PartFile& part : parts) files.push_back(checked(part.path, part.read));
  return files;
}

}  // namespace

std::vector<CheckedFile> check_dataset(const std::string& name_or_path) {
  const Location location = locate(name_or_path);
  switch (location.format) {
    case Format::cifar:
      return check_parts(cifar_files(location.path));
    case Format::fashion_mnist:
      return check_parts(fashion_mnist_files(location.path));
    case Format::gtsrb:
      return check_gtsrb(location.path);
  }
  throw Error(location.path.string(), ": must be of a known format");
}

}  // namespace citrine
