#pragma once
// Campaigns on a small network through the program.
#include <filesystem>
#include <memory>
#include <string>

#include "app/program_fixture.h"
#include "store/files.h"

namespace citrine::testing {

class InjectTest : public ProgramTest {
 protected:
  static void SetUpTestSuite() {
    shared = std::make_unique<WorkFolder>();
    make_networks();
  }
  Words inject(Words words, const char* images = "4") const {
    words.insert(words.begin(), {"inject", "i.h5", "--data", "images.bin", "--images", images});
    return words;
  }
  // A campaign that must not run.
  void expect_no_campaign(const Words& words, int status, const char* says) const {
    expect_refused(inject(words + Words{"--out", "refused.h5"}), says, status);
    EXPECT_FALSE(std::filesystem::exists(folder / "refused.h5"));
  }
  // A fully connected one of 10 outputs.
  std::string last_layer() const {
    return read_integer_network(folder / "i.h5").network.layers.back().name;
  }
};

}  // namespace citrine::testing
