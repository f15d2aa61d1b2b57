#include "data/catalog.h"

#include <algorithm>
#include <cstdlib>

#include "kernels/error.h"
#include "kernels/names.h"

namespace citrine {
namespace {

Archive gtsrb_archive(const std::string& file, const std::string& checksum) {
  return {"https://sid.erda.dk/public/archives/daaeac0d7ce1152aea9b61d9f1e19370/" + file, file,
          checksum};
}

std::vector<CatalogEntry> make_catalog() {
  return {{"cifar10",
           "60000 colour images of 32x32 in 10 classes (Krizhevsky 2009)",
           {{"https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz",
             "md5:c32a1d4ab5d03f1284b67883e8d87530"}},
           ""},
          {"gtsrb",
           "51839 photographs of traffic signs in 43 classes (Stallkamp et al. 2012)",
           {gtsrb_archive("GTSRB-Training_fixed.zip", "md5:513f3c79a4c5141765e10e952eaa2478"),
            gtsrb_archive("GTSRB_Final_Test_Images.zip", "md5:c7e4e6327067d32654124b0fe9e82185"),
            gtsrb_archive("GTSRB_Final_Test_GT.zip", "md5:fe31e9c9270bbcd7b84b7f21a9d9d9e5")},
           ""},
          {"fashion-mnist",
           "70000 gray images of 28x28 in 10 classes (Xiao et al. 2017)",
           {},
           "dataset-fashion-mnist"}};
}

}  // namespace

const std::vector<CatalogEntry>& catalog() {
  static const std::vector<CatalogEntry> entries = make_catalog();
  return entries;
}

const CatalogEntry& catalog_entry(std::string_view name) {
  const auto found = std::ranges::find(catalog(), name, &CatalogEntry::name);
  if (found != catalog().end()) return *found;
  std::vector<std::string_view> names;
  for (const CatalogEntry& entry : catalog()) names.push_back(entry.name);
  throw Error(unknown_name("data set", name, names));
}

std::vector<std::filesystem::path> search_folders() {
  std::vector<std::filesystem::path> folders;
  const auto add = [&](const char* variable, const char* below) {
    const char* value = std::getenv(variable);
    if (value != nullptr && *value != '\0') folders.push_back(std::filesystem::path(value) / below);
  };
  add("CITRINE_DATA", "");
  add("XDG_CACHE_HOME", "citrine");
  add("HOME", ".cache/citrine");
  folders.emplace_back("/usr/share/datasets");
  return folders;
}

}  // namespace citrine
