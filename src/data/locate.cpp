#include "data/locate.h"

#include <optional>
#include <string_view>
#include <vector>

#include "data/catalog.h"
#include "data/cifar.h"
#include "data/fashion_mnist.h"
#include "data/gtsrb.h"
#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

namespace fs = std::filesystem;

struct Known {
  std::string_view name;
  Format format;
  std::vector<std::string> folders;  // below a search folder; empty for itself
};

const std::vector<Known>& known_datasets() {
  static const std::vector<Known> all = {
      {"cifar10",
       Format::cifar,
       {"", "cifar-10-batches-bin", "cifar10", "cifar10/cifar-10-batches-bin"}},
      {"gtsrb", Format::gtsrb, {"", "gtsrb", "GTSRB", "gtsrb/GTSRB"}},
      {"fashion-mnist", Format::fashion_mnist, {"", "fashion-mnist", "FashionMNIST/raw"}}};
  return all;
}

std::optional<Format> format_of_folder(const fs::path& folder) {
  if (is_cifar_folder(folder)) return Format::cifar;
  if (is_fashion_mnist_folder(folder)) return Format::fashion_mnist;
  if (is_gtsrb_folder(folder)) return Format::gtsrb;
  return std::nullopt;
}

// A folder that cannot be looked into is passed over, as another may hold the data set.
bool holds(const fs::path& folder, Format format) {
  try {
    return format_of_folder(folder) == format;
  } catch (const fs::filesystem_error&) {
    return false;
  }
}

Location by_name(const Known& known) {
  std::string searched;
  for (const fs::path& root : search_folders()) {
    for (const std::string& below : known.folders)
      if (holds(root / below, known.format)) return {root / below, known.format};
    searched += (searched.empty() ? "" : ", ") + root.string();
  }
  throw Error("data set ", known.name, " must be in one of the search folders (", searched,
              "); CITRINE_DATA names another");
}

Location by_content(const fs::path& path) {
  if (!fs::is_directory(path)) return {path, Format::cifar};  // the one format of a single file
  if (const auto format = format_of_folder(path)) return {path, *format};
  throw Error(path.string(),
              ": must hold CIFAR-10 batches, Fashion-MNIST idx files or GTSRB folders");
}

}  // namespace

Location locate(const std::string& name_or_path) {
  std::vector<std::string_view> names;
  for (const Known& known : known_datasets()) {
    if (known.name == name_or_path) return by_name(known);
    names.push_back(known.name);
  }
  if (fs::exists(name_or_path)) return by_content(name_or_path);
  if (name_or_path.find('/') != std::string::npos)
    throw Error(name_or_path, ": a data set must be here");
  throw Error(unknown_name("data set", name_or_path, names));
}

}  // namespace citrine
