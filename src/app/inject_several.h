#pragma once
// A campaign on each of several networks with the same images and random numbers, and what they
// differ by.
#include <filesystem>
#include <functional>
#include <string>

#include "app/options.h"
#include "store/files.h"

namespace citrine {

// Throws Error if the network cannot have the campaign, or the file cannot be written or is of
// another command.
using CheckOne = std::function<void(const std::string& net, const std::filesystem::path& out)>;
// Runs the campaign of a network into a file, or takes over the file where it is finished.
using InjectOne =
    std::function<CampaignFile(const std::string& net, const std::filesystem::path& out)>;

// Writes one file a network into the folder --out, named after the network's file, and prints the
// comparison; without it ends behind a network whose campaign the time has cut short. Throws Error
// before it begins if the networks differ in input or classes, one cannot have its campaign or
// its file, or the campaigns would have no end.
void inject_several(const Options& options, const CheckOne& check, const InjectOne& inject);

}  // namespace citrine
