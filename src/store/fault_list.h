#pragma once
// The trials of a list of faults that a user wrote: docs/format.md, "Fault list".
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "faultsim/campaign.h"
#include "faultsim/fault_model.h"
#include "quant/integer_network.h"
#include "store/fault_table.h"

namespace citrine {

struct FaultList {
  std::vector<Row> trials;  // without outcomes
  bool has_images = false;  // else each trial meets every image
  std::string sha256 = {};  // of the file
};

// `model`: effect of faults whose list does not say, and the array. Throw Error that names file,
// place and column unless the network has all faults, each trial has its faults side by side, once
// each and in one site and image, and images are below `images`.
FaultList fault_list(const FaultTable& table, const IntegerNetwork& network,
                     const FaultModel& model, std::uint32_t images);
// .h5 and .hdf5 files are HDF5, all others comma-separated values.
FaultList read_fault_list(const std::filesystem::path& path, const IntegerNetwork& network,
                          const FaultModel& model, std::uint32_t images);

}  // namespace citrine
