#include "store/exhaustive_file.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "kernels/error.h"
#include "store/columns.h"
#include "store/contents_file.h"
#include "store/index_name.h"
#include "store/located.h"
#include "store/sum_columns.h"

namespace citrine {
namespace {

// What all images have: a bit of a layer's site.
auto place_of(const SlotCounts& count) {
  return std::tuple(count.layer, count.slot.site, count.slot.bit);
}

// Each image has the slots of the first, and as many faults of each.
void check_counts(const ExhaustiveFile& file) {
  const auto& [labels, classes, counts, criticality, trials] = file.result;
  if (classes.size() != labels.size())
    throw Error("classes must be as many as the ", labels.size(), " labels, got ", classes.size());
  const auto images = labels.size();
  if (images == 0 ? !counts.empty() : counts.size() % images != 0)
    throw Error("counts must be as many for each of ", images, " images, got ", counts.size());
  const auto each = images == 0 ? 0 : counts.size() / images;
  for (std::size_t image = 0; image < images; ++image)
    for (std::size_t slot = 0; slot < each; ++slot) {
      const auto row = image * each + slot;
      const auto &count = counts[row], &first = counts[slot];
      const bool is_right = count.image == image && count.layer < file.layers.size() &&
                            place_of(count) == place_of(first) &&
                            trials_of(count.faults) == trials_of(first.faults) &&
                            (slot == 0 || place_of(counts[row - 1]) < place_of(count));
      if (!is_right) throw Error("counts: row ", row, " must follow by image, layer, site and bit");
      located("row " + std::to_string(row), [&] { check_counts(count.faults, "counts"); });
    }
}

using LayerSite = std::pair<std::uint32_t, Site>;

// The elements add up to the SDC of all images, and divide the faults.
void check_criticality(const ExhaustiveResult& result) {
  std::map<LayerSite, std::uint64_t> sdc, faults;
  for (const auto& count : result.counts) {
    const LayerSite at{count.layer, count.slot.site};
    sdc[at] += count.faults[OutcomeKind::sdc];
    faults[at] = trials_of(count.faults);
  }
  if (result.criticality.size() != sdc.size())
    throw Error("criticality must have ", sdc.size(), " lists, got ", result.criticality.size());
  auto expected = sdc.begin();
  for (const auto& [layer, site, elements] : result.criticality) {
    const LayerSite at{layer, site};
    std::uint64_t sum = 0;
    for (const auto element : elements) sum += element;
    if (expected->first != at || expected->second != sum || elements.empty() ||
        faults[at] % elements.size() != 0)
      throw Error("criticality of layer ", layer, ", ", name_of(site),
                  " must be that of the counts");
    ++expected;
  }
}

// The shape of filters, weights within them, is the network's to know.
void check_elements(const Criticality& one, const std::array<std::uint32_t, 3>& shape) {
  const auto [height, width, channels] = shape;
  const auto elements = one.sdc.size();
  const auto require = [&](bool is_right, const std::string& expected) {
    if (!is_right)
      throw Error("criticality of layer ", one.layer, ", ", name_of(one.site), " must be of ",
                  expected, ", got ", elements);
  };
  const auto filters = std::to_string(channels) + " filters";
  if (one.site == Site::weight_memory)
    return require(elements % channels == 0, "as many weights for each of " + filters);
  if (one.site == Site::bias_memory)
    return require(elements == channels, "the biases of " + filters);
  require(elements % channels == 0 && elements / channels == std::uint64_t{height} * width,
          std::to_string(height) + "x" + std::to_string(width) + "x" + std::to_string(channels) +
              " outputs");
}

void check(const ExhaustiveFile& file) {
  check_counts(file);
  check_criticality(file.result);
  if (file.shapes.size() != file.layers.size())
    throw Error(file.layers.size(), " layers must have a shape each, got ", file.shapes.size());
  for (const auto& one : file.result.criticality) check_elements(one, file.shapes[one.layer]);
}

void put_shapes(Contents& contents, const ExhaustiveFile& file) {
  std::vector<std::uint32_t> sizes;
  for (const auto& shape : file.shapes) sizes.insert(sizes.end(), shape.begin(), shape.end());
  contents.put("shapes", {.shape = {file.shapes.size(), 3}, .values = std::move(sizes)});
}

std::vector<std::array<std::uint32_t, 3>> shapes_from(const Contents& contents) {
  const auto& array = contents.at("shapes");
  const auto* sizes = std::get_if<std::vector<std::uint32_t>>(&array.values);
  if (sizes == nullptr || array.shape.size() != 2 || array.shape[1] != 3 ||
      std::ranges::find(*sizes, 0U) != sizes->end())
    throw Error("shapes must be uint32 [layers, 3], each at least 1, got ", describe(array));
  std::vector<std::array<std::uint32_t, 3>> shapes(array.shape[0]);
  for (std::size_t i = 0; i < sizes->size(); ++i) shapes[i / 3][i % 3] = (*sizes)[i];
  return shapes;
}

// Calls visit(path, field) for each plain number of a count.
template <class Visit>
void visit_count(const Visit& visit) {
  visit(
      "counts/image", [](auto& count) -> auto& { return count.image; });
  visit(
      "counts/layer", [](auto& count) -> auto& { return count.layer; });
  visit(
      "counts/bit", [](auto& count) -> auto& { return count.slot.bit; });
  for (const Event event : kEvents)
    visit(
        "counts/" + std::string(name_of(event)), [event](auto& count) -> auto& {
          return count.faults[event];
        });
}

void put_counts(Contents& contents, const std::vector<SlotCounts>& counts) {
  put_codes<Site>(
      contents, "counts/site",
      column<std::uint8_t>(counts, [](const SlotCounts& count) { return count.slot.site; }),
      kSites);
  visit_count([&](const std::string& path, const auto& field) {
    using T = std::decay_t<decltype(field(counts.front()))>;
    contents.put_list(path, column<T>(counts, field), true);
  });
}

std::vector<SlotCounts> counts_from(const Contents& contents) {
  std::vector<SlotCounts> counts(contents.list<std::uint8_t>("counts/site").size());
  fill_codes<Site>(
      counts, contents, "counts/site", kSites,
      [](SlotCounts & count) -> auto& { return count.slot.site; });
  visit_count([&](const std::string& path, const auto& field) {
    using T = std::decay_t<decltype(field(counts.front()))>;
    fill_column<T>(counts, contents, path,
                   [&](SlotCounts& count, T value) { field(count) = value; });
  });
  return counts;
}

std::string criticality_path(std::uint32_t layer, Site site) {
  return "criticality/" + index_name(layer) + "/" + std::string(name_of(site));
}

std::vector<Criticality> criticality_from(const Contents& contents) {
  std::vector<Criticality> all;
  for (const auto& name : contents.children("criticality")) {
    std::uint32_t layer = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), layer);
    if (error != std::errc() || index_name(layer) != name)
      throw Error("criticality/", name, ": the name must be the index of a layer");
    const auto group = "criticality/" + name;
    for (const auto& site_name : contents.children(group))
      all.push_back(
          {layer, site(site_name), contents.list<std::uint64_t>(group + "/" + site_name)});
  }
  std::ranges::sort(all, {},
                    [](const Criticality& one) { return std::tuple(one.layer, one.site); });
  return all;
}

}  // namespace

Contents exhaustive_contents(const ExhaustiveFile& file, const std::string& where) {
  return located(where, [&] {
    Contents contents(where);
    check(file);
    contents.put_scalar("@network_fingerprint", file.network_fingerprint);
    contents.put_scalar("@trials", file.result.trials);
    contents.put_list("layers", file.layers);
    put_shapes(contents, file);
    contents.put_list("labels", file.result.labels);
    contents.put_list("classes", file.result.classes);
    put_counts(contents, file.result.counts);
    for (const auto& [layer, site, sdc] : file.result.criticality)
      contents.put_list(criticality_path(layer, site), sdc, true);
    put_origin(contents, file.origin);
    return contents;
  });
}

ExhaustiveFile exhaustive_from(const Contents& contents) {
  return located(contents.where(), [&] {
    ExhaustiveFile file;
    file.network_fingerprint = contents.scalar<std::string>("@network_fingerprint");
    file.layers = contents.list<std::string>("layers");
    file.shapes = shapes_from(contents);
    file.result = {.labels = contents.list<std::uint8_t>("labels"),
                   .classes = contents.list<std::uint8_t>("classes"),
                   .counts = counts_from(contents),
                   .criticality = criticality_from(contents),
                   .trials = contents.scalar<std::uint64_t>("@trials")};
    file.origin = origin_from(contents);
    check(file);
    return file;
  });
}

void write_exhaustive(const std::filesystem::path& path, const ExhaustiveFile& file) {
  write_contents(path, kExhaustiveSchema, exhaustive_contents(file, path.string()));
}

ExhaustiveFile read_exhaustive(const std::filesystem::path& path) {
  return exhaustive_from(read_contents(path, kExhaustiveSchema));
}

}  // namespace citrine
