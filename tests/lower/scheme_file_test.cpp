#include "lower/scheme_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/scratch_folder.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::HasSubstr;
using testing::ScratchFolder;
using ::testing::ThrowsMessage;

LowerSettings read(const std::string& text) {
  const ScratchFolder folder;
  folder.write("schemes.json", text);
  LowerSettings settings;
  read_schemes(folder.path() / "schemes.json", settings);
  return settings;
}

TEST(SchemeFile, GivesTheUsualSchemeAndTheOthers) {
  const auto settings = read(R"({"scheme": "linear4", "layers": {"conv1": "pot4/linear6"}})");
  EXPECT_EQ(settings.scheme_of("any").weights.name(), "linear4");
  EXPECT_EQ(settings.scheme_of("conv1").weights.name(), "pot4");
  EXPECT_EQ(settings.scheme_of("conv1").activations.name(), "linear6");
  EXPECT_TRUE(read(R"({"scheme": "linear4"})").layer_schemes.empty());
}

TEST(SchemeFile, NamesTheFileAndWhatIsWrong) {
  const auto refuse = [](const std::string& text, const char* part) {
    EXPECT_THAT([&] { read(text); },
                ThrowsMessage<Error>(::testing::AllOf(HasSubstr("schemes.json"), HasSubstr(part))))
        << text;
  };
  refuse("", "");
  refuse("[1]", "key 'scheme'");
  refuse(R"({"layers": {}})", "key 'scheme'");
  refuse(R"({"scheme": "linear4", "layer": {}})", "got 'layer'");
  refuse(R"({"scheme": 4})", "'scheme' must be the text of a scheme, got 4");
  refuse(R"({"scheme": "linear4", "layers": {"c": "lienar4"}})",
         "layer 'c': unknown number format");
  refuse(R"({"scheme": "linear4", "layers": 3})", "'layers' must be an object");
  LowerSettings settings;
  EXPECT_THAT([&] { read_schemes("nowhere.json", settings); },
              ThrowsMessage<Error>(HasSubstr("nowhere.json: cannot be read")));
}

}  // namespace
}  // namespace citrine
