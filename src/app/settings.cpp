#include "app/settings.h"

#include <algorithm>
#include <numeric>

#include "kernels/error.h"

namespace citrine {

Dataset load_dataset(const Options& options) {
  return load_dataset(options.text("data"),
                      {.image_size = static_cast<int>(options.integer("image-size")),
                       .limit = options.integer("limit")});
}

TrainSettings train_settings(const Options& options, const Dataset& dataset) {
  TrainSettings settings;
  settings.epochs = static_cast<int>(options.integer("epochs"));
  settings.batch = static_cast<int>(options.integer("batch"));
  settings.rate = options.real("rate");
  settings.final_rate = options.real("final-rate");
  settings.restart_epochs = static_cast<int>(options.integer("restart-epochs"));
  settings.restart_factor = static_cast<int>(options.integer("restart-factor"));
  settings.momentum = options.real("momentum");
  settings.weight_decay = options.real("weight-decay");
  settings.label_smoothing = options.real("label-smoothing");
  settings.augmentation = {.crop_padding = static_cast<int>(options.integer("crop-padding")),
                           .flip = options.toggle("flip") && dataset.may_flip,
                           .cutout = static_cast<int>(options.integer("cutout")),
                           .mixup = options.real("mixup")};
  settings.device = options.text("device");
  return settings;
}

Split training_split(const Options& options, const Dataset& dataset) {
  const double share = options.real("validation");
  if (share > 0) return split(dataset.train, share, split(key_of(options), "validation"));
  Split all;
  all.train.resize(static_cast<std::size_t>(dataset.train.count()));
  std::iota(all.train.begin(), all.train.end(), 0U);
  return all;
}

LemonadeSettings lemonade_settings(const Options& options) {
  LemonadeSettings settings;
  settings.generations = static_cast<int>(options.integer("generations"));
  settings.children = static_cast<int>(options.integer("children"));
  settings.accepted = static_cast<int>(options.integer("accepted"));
  settings.population = static_cast<int>(options.integer("population"));
  settings.max_operators = static_cast<int>(options.integer("max-operators"));
  settings.operators.clear();
  for (const auto& name : options.texts("operators"))
    settings.operators.push_back(morph_operator(name));
  if (settings.operators.empty()) throw Error("a search needs at least one of its operators");
  return settings;
}

ImageSet drawn_images(const ImageSet& set, std::int64_t count, Key key) {
  return select(set, sample(set, std::min(count, set.count()), key));
}

Key key_of(const Options& options) {
  return {.seed = static_cast<std::uint64_t>(options.integer("seed"))};
}

}  // namespace citrine
