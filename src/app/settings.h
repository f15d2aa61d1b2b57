#pragma once
// Options as the settings of the libraries.
#include "app/options.h"
#include "data/dataset.h"
#include "data/split.h"
#include "search/lemonade.h"
#include "train/train.h"

namespace citrine {

Dataset load_dataset(const Options& options);
TrainSettings train_settings(const Options& options, const Dataset& dataset);
// All training images, or without --validation's share.
Split training_split(const Options& options, const Dataset& dataset);
LemonadeSettings lemonade_settings(const Options& options);

// `count` images drawn without replacement; all of them if there are fewer.
ImageSet drawn_images(const ImageSet& set, std::int64_t count, Key key);

Key key_of(const Options& options);

}  // namespace citrine
