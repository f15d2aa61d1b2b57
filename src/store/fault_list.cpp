#include "store/fault_list.h"

#include <algorithm>
#include <limits>
#include <set>

#include "faultsim/fault_space.h"
#include "faultsim/output_trace.h"
#include "kernels/error.h"
#include "store/atomic_file.h"
#include "store/hdf5_image.h"
#include "store/located.h"
#include "store/seal.h"
#include "store/sha256.h"

namespace citrine {
namespace {

constexpr std::uint64_t kMaxFileBytes = std::uint64_t{4} << 30;

// The faults of a table, one a row.
class FaultReader {
 public:
  FaultReader(const FaultTable& table, const IntegerNetwork& network, const FaultModel& model,
              std::uint32_t images)
      : table_(table), network_(network), model_(model), images_(images) {}

  // A trial of this fault alone.
  Row trial(std::size_t row) const {
    return located(table_.place(row), [&] {
      Row trial{.fault = fault(row), .image = 0, .outcome = {}};
      if (table_.has("image")) trial.image = image(row);
      return trial;
    });
  }

 private:
  Fault fault(std::size_t row) const {
    Fault fault{.site = static_cast<Site>(needed("site", row, "every fault"))};
    const auto who = "a fault in " + std::string(name_of(fault.site));
    const auto value = [&](const char* name, bool is_needed, std::uint32_t otherwise) {
      return is_needed ? needed(name, row, who) : optional(name, row, otherwise);
    };
    fault.layer = value("layer", !is_array(fault.site), 0);
    fault.element = value("element", true, 0);
    fault.step = value("step", has_steps(fault.site), 0);
    fault.bit = value("bit", fault.site != Site::mode_bit, 0);
    fault.width = value("width", false, 1);
    fault.effect =
        static_cast<Effect>(optional("effect", row, static_cast<std::uint32_t>(model_.effect)));
    const bool is_random = fault.effect == Effect::random_value;
    if (is_random && table_.at("value", row) == FaultTable::kAbsent)
      throw Error("a fault of effect random_value needs a value in column 'value'");
    fault.value = value("value", false, 0);
    check_fault(fault);
    return fault;
  }

  std::uint32_t needed(const char* name, std::size_t row, const std::string& who) const {
    if (table_.has(name) && table_.at(name, row) != FaultTable::kAbsent)
      return narrow(name, table_.at(name, row));
    throw Error(who, " needs a value in column '", name, "'",
                table_.has(name) ? "" : ", which is missing");
  }

  std::uint32_t optional(const char* name, std::size_t row, std::uint32_t otherwise) const {
    const auto value = table_.at(name, row);
    return value == FaultTable::kAbsent ? otherwise : narrow(name, value);
  }

  static std::uint32_t narrow(const char* name, std::uint64_t value) {
    constexpr auto kMost = std::numeric_limits<std::uint32_t>::max();
    if (value > kMost) throw Error("column '", name, "' must be at most ", kMost, ", got ", value);
    return static_cast<std::uint32_t>(value);
  }

  void check_fault(const Fault& fault) const {
    const bool is_layer = fault.layer < network_.layers.size();
    const auto extent =
        is_layer ? site_extent(network_, fault.site, fault.layer, {.array = model_.array})
                 : SiteExtent{.elements = 1};
    if (extent.elements == 0)
      throw Error("column 'layer' must name one with faults in ", name_of(fault.site), ", ",
                  network_.layers[fault.layer].name, " has none");
    check(network_, fault, model_.array);
  }

  std::uint32_t image(std::size_t row) const {
    const auto image = needed("image", row, "each fault of a list with images");
    if (image >= images_)
      throw Error("column 'image' must be below the ", images_, " images used, got ", image);
    return image;
  }

  const FaultTable& table_;
  const IntegerNetwork& network_;
  const FaultModel& model_;
  std::uint32_t images_;
};

void check_columns(const FaultTable& table) {
  if (!table.columns.empty() && !table.has("site"))
    throw Error(table.where, ": must have a column 'site'");
  if (table.rows() == 0) throw Error(table.where, ": must list at least one fault");
}

// Puts neighbours of one number into one trial.
class TrialGroups {
 public:
  explicit TrialGroups(const FaultTable& table) : table_(table) {}

  void add(std::vector<Row>& trials, Row trial, std::size_t row) {
    if (!table_.has("trial")) return trials.push_back(std::move(trial));
    const auto number = table_.at("trial", row);
    if (number == FaultTable::kAbsent)
      throw Error("each fault of a list with trials needs a value in column 'trial'");
    if (!trials.empty() && number == last_) return join(trials.back(), trial);
    if (!seen_.insert(number).second)
      throw Error("column 'trial': faults of trial ", number, " must be neighbours");
    last_ = number;
    trials.push_back(std::move(trial));
  }

 private:
  static void join(Row& trial, const Row& added) {
    if (added.fault.site != trial.fault.site)
      throw Error("column 'site': faults of one trial must be of one site, got ",
                  name_of(trial.fault.site), " and ", name_of(added.fault.site));
    if (added.image != trial.image)
      throw Error("column 'image': faults of one trial must meet one image, got ", trial.image,
                  " and ", added.image);
    if (trial.further.size() + 1 >= kMostFaults)
      throw Error("column 'trial': a trial must have at most ", kMostFaults, " faults");
    if (added.fault == trial.fault ||
        std::ranges::find(trial.further, added.fault) != trial.further.end())
      throw Error("column 'trial': a trial must have each fault once");
    trial.further.push_back(added.fault);
  }

  const FaultTable& table_;
  std::set<std::uint64_t> seen_;
  std::uint64_t last_ = 0;
};

Contents hdf5_columns(std::span<const std::byte> bytes, const std::string& where) {
  if (is_sealed(bytes)) check_seal(bytes, kCampaignSchema, where);
  return located(where, [&] {
    return hdf5_contents(bytes, where, [](std::string_view path) {
      return path.starts_with("rows/") || path.starts_with("further_faults/") ||
             path.find('/') == std::string_view::npos;
    });
  });
}

}  // namespace

FaultList fault_list(const FaultTable& table, const IntegerNetwork& network,
                     const FaultModel& model, std::uint32_t images) {
  check_columns(table);
  const FaultReader reader(table, network, model, images);
  TrialGroups groups(table);
  FaultList list{.trials = {}, .has_images = table.has("image")};
  for (std::size_t row = 0; row < table.rows(); ++row)
    located(table.place(row), [&] { groups.add(list.trials, reader.trial(row), row); });
  return list;
}

FaultList read_fault_list(const std::filesystem::path& path, const IntegerNetwork& network,
                          const FaultModel& model, std::uint32_t images) {
  const auto where = path.string();
  const auto bytes = read_bytes(path, kMaxFileBytes);
  const bool is_hdf5 = path.extension() == ".h5" || path.extension() == ".hdf5";
  std::vector<std::string> layers;
  for (const auto& layer : network.layers) layers.push_back(layer.name);
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const auto table = is_hdf5 ? fault_table_from(hdf5_columns(bytes, where), layers)
                             : parse_fault_csv(text, where, layers);
  auto list = fault_list(table, network, model, images);
  list.sha256 = sha256(bytes);
  return list;
}

}  // namespace citrine
