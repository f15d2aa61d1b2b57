#include <functional>
#include <map>

#include "data/catalog.h"
#include "data/cifar.h"
#include "data/fashion_mnist.h"
#include "data/gtsrb.h"
#include "data/locate.h"
#include "data/receipt.h"
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

// What was fetched is compared with what its archive held, byte for byte.
void check_receipts(const fs::path& folder, std::vector<CheckedFile>& files) {
  std::map<fs::path, std::size_t> known;
  for (std::size_t i = 0; i < files.size(); ++i)
    known[fs::absolute(files[i].path).lexically_normal()] = i;
  for (const fs::path& receipt : receipts_in(folder))
    for (const PartFile& part : read_receipt(receipt).files) {
      const auto found = known.find(part.path);
      if (found == known.end())
        files.push_back(checked(part.path, part.read));
      else if (auto& file = files[found->second]; file.problem.empty())
        file.problem = problem_of(part.path, part.read);
    }
}

std::vector<CheckedFile> check_parts(const std::vector<PartFile>& parts) {
  std::vector<CheckedFile> files;
  files.reserve(parts.size());
  for (const PartFile& part : parts) files.push_back(checked(part.path, part.read));
  return files;
}

std::vector<CheckedFile> check_content(const Location& location) {
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

}  // namespace

std::vector<CheckedFile> check_dataset(const std::string& name_or_path) {
  const Location location = locate(name_or_path);
  auto files = check_content(location);
  if (!fs::is_directory(location.path)) return files;
  // An archive may hold the data set itself or the folder with it.
  const fs::path folder = fs::absolute(location.path / "").lexically_normal().parent_path();
  check_receipts(folder, files);
  check_receipts(folder.parent_path(), files);
  return files;
}

}  // namespace citrine
