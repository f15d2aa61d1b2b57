#include "store/fault_list.h"

#include <algorithm>
#include <array>

#include <gmock/gmock.h>

#include "store/hdf5_image.h"
#include "store_fixture.h"

namespace citrine::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// Layers: image; middle, one output of 4 steps, sums of 20 bits; logits, 3 outputs of 1 step.
class FaultListTest : public StoreTest {
 protected:
  FaultList read(const std::string& name, const FaultModel& model = {}) const {
    return read_fault_list(path(name), network, model, 4);
  }
  FaultList csv(const std::string& text, const FaultModel& model = {}) const {
    write_text(path("list.csv"), text);
    return read("list.csv", model);
  }
  // What is said of a list, behind its folder.
  std::string message(const std::string& text, const FaultModel& model = {}) const {
    const auto said = error_of([&] { csv(text, model); });
    EXPECT_EQ(said.find('\n'), std::string::npos) << said;
    EXPECT_THAT(said, HasSubstr("list.csv"));
    return said.substr(said.find("list.csv"));
  }
  FaultList hdf5(const Contents& contents) const {
    const auto image = hdf5_image(contents);
    write_bytes(path("list.h5"), image);
    return read("list.h5");
  }

  const IntegerNetwork network = sample_integer_network().network;
};

TEST_F(FaultListTest, OfAHandWrittenFile) {
  const auto list =
      csv("\xef\xbb\xbf# two faults of one layer\r\n"
          "site, layer,element,step,bit,effect,width,value,image\r\n"
          "\r\n"
          "accumulator,middle,0,3,19,,,,2\r\n"
          "# and one of another\r\n"
          "weight_memory,\"logits\",2,,1,random_value,3,5,0\r\n"
          "product,1,0,2,15,stuck_at_1,,,3");
  EXPECT_TRUE(list.has_images);
  ASSERT_EQ(list.trials.size(), 3U);
  EXPECT_EQ(
      list.trials[0],
      (Row{.fault = {.site = Site::accumulator, .layer = 1, .element = 0, .step = 3, .bit = 19},
           .image = 2,
           .outcome = {}}));
  EXPECT_EQ(list.trials[1], (Row{.fault = {.site = Site::weight_memory,
                                           .layer = 2,
                                           .element = 2,
                                           .bit = 1,
                                           .width = 3,
                                           .effect = Effect::random_value,
                                           .value = 5},
                                 .image = 0,
                                 .outcome = {}}));
  EXPECT_EQ(list.trials[2].fault.effect, Effect::stuck_at_1);
  EXPECT_EQ(list.trials[2].image, 3U);
  // printf 'site,layer,element,bit\nbias_memory,1,0,0\n' | sha256sum
  const auto other = csv("site,layer,element,bit\nbias_memory,1,0,0\n");
  EXPECT_FALSE(other.has_images);
  EXPECT_EQ(other.sha256, "380c7b6fa814106bb82303e118da3ba7765b0699e7ac996677dd28496ad2d07f");
}

TEST_F(FaultListTest, EffectsAreTheModelsUnlessSaid) {
  const std::string text =
      "site,layer,element,bit,effect\nbias_memory,1,0,0,\nbias_memory,1,0,0,flip";
  const auto list = csv(text, {.effect = Effect::stuck_at_0});
  EXPECT_EQ(list.trials[0].fault.effect, Effect::stuck_at_0);
  EXPECT_EQ(list.trials[1].fault.effect, Effect::flip);
}

TEST_F(FaultListTest, ElementsOfTheArrayHaveNoLayer) {
  const auto list =
      csv("site,element,bit\narray_product,5,2", {.array = {.rows = 2, .columns = 3}});
  EXPECT_EQ(list.trials[0].fault,
            (Fault{.site = Site::array_product, .layer = 0, .element = 5, .bit = 2}));
  EXPECT_THAT(message("site,element,bit\narray_product,6,2", {.array = {.rows = 2, .columns = 3}}),
              HasSubstr("line 2: a fault in array_product"));
}

TEST_F(FaultListTest, NeighboursOfOneTrialAreTogether) {
  const auto list =
      csv("trial,site,layer,element,step,bit,image\n"
          "7,product,1,0,0,3,1\n7,product,1,0,1,3,1\n7,product,2,0,0,3,1\n3,product,1,0,0,3,2\n");
  ASSERT_EQ(list.trials.size(), 2U);
  EXPECT_EQ(list.trials[0].further.size(), 2U);
  EXPECT_EQ(list.trials[0].further[1].layer, 2U);
  EXPECT_EQ(list.trials[0].image, 1U);
  EXPECT_TRUE(list.trials[1].further.empty());
}

TEST_F(FaultListTest, TrialsMustBeOfOnePlace) {
  const std::string head = "trial,site,layer,element,step,bit,image\n1,product,1,0,0,3,1\n";
  EXPECT_THAT(message(head + "1,accumulator,1,0,0,3,1"),
              HasSubstr("line 3: column 'site': faults of one trial must be of one site, got "
                        "product and accumulator"));
  EXPECT_THAT(message(head + "1,product,1,0,0,2,0"), HasSubstr("must meet one image, got 1 and 0"));
  EXPECT_THAT(message(head + "1,product,1,0,0,3,1"), HasSubstr("must have each fault once"));
  EXPECT_THAT(message(head + "2,product,1,0,0,3,1\n1,product,1,0,0,2,1"),
              HasSubstr("line 4: column 'trial': faults of trial 1 must be neighbours"));
  EXPECT_THAT(
      message(head + ",product,1,0,0,3,1"),
      HasSubstr("line 3: each fault of a list with trials needs a value in column 'trial'"));
}

TEST_F(FaultListTest, SaysWhereAndWhyItIsNone) {
  const std::string head = "site,layer,element,step,bit\n";
  const struct {
    std::string text, says;
  } cases[] = {
      {"", "list.csv: must begin with a line of columns"},
      {"# nothing\n\n", "list.csv: must begin with a line of columns"},
      {head, "list.csv: must list at least one fault"},
      {"site,layer,elment,bit\n", "line 1: unknown column 'elment': did you mean 'element'?"},
      {"site,layer,site\n", "line 1: column 'site' must be there once"},
      {"layer,element,bit\n1,0,0", "list.csv: must have a column 'site'"},
      {head + "\nproduct,1,0,0", "line 3: must have 5 values, got 4"},
      {head + "prodct,1,0,0,0",
       "line 2: column 'site': unknown fault site 'prodct': did you mean 'product'?"},
      {head + "product,midle,0,0,0",
       "line 2: column 'layer': unknown layer 'midle': did you mean 'middle'?"},
      {head + "product,1,0,0,x", "line 2: column 'bit': must be a whole number, got 'x'"},
      {head + "product,1,-1,0,0", "line 2: column 'element': must be a whole number, got '-1'"},
      {head + "product,1,0,0,1.0", "line 2: column 'bit': must be a whole number, got '1.0'"},
      {head + "product,1,0,0,18446744073709551616", "column 'bit': must be a whole number"},
      {head + "product,1,4294967296,0,0", "line 2: column 'element' must be at most 4294967295"},
      {head + "product,3,0,0,0", "line 2: a fault's layer must be below 3, got 3"},
      {head + "product,0,0,0,0",
       "line 2: column 'layer' must name one with faults in product, image has none"},
      {head + "shifter,1,0,0,0", "faults in shifter, middle has none"},
      {head + "product,1,1,0,0",
       "line 2: a fault in product of layer 'middle' must have an element "
       "below 1, got 1"},
      {head + "product,1,0,4,0", "must have a step below 4, got 4"},
      {head + "product,1,0,0,16", "must have a bit below 16, got 16"},
      {head + "product,1,0,,0", "line 2: a fault in product needs a value in column 'step'"},
      {"site,layer,element,bit\nproduct,1,0,0",
       "line 2: a fault in product needs a value in column 'step', which is missing"},
      {"site,layer,element,step,bit,width\nproduct,1,0,0,15,2", "must have 1 to 1 bits, got 2"},
      {"site,layer,element,step,bit,image\nproduct,1,0,0,0,4",
       "line 2: column 'image' must be below the 4 images used, got 4"},
      {"site,layer,element,step,bit,image\nproduct,1,0,0,0,", "needs a value in column 'image'"},
      {"site,layer,element,step,bit,effect\nproduct,1,0,0,0,flop",
       "line 2: column 'effect': unknown effect 'flop': did you mean 'flip'?"},
      {"site,layer,element,step,bit,effect\nproduct,1,0,0,0,random_value",
       "line 2: a fault of effect random_value needs a value in column 'value'"},
      {"site,layer,element,step,bit,value\nproduct,1,0,0,0,1", "must have a value below 1, got 1"}};
  for (const auto& [text, says] : cases) EXPECT_THAT(message(text), HasSubstr(says)) << text;
  EXPECT_THAT(error_of([&] { read("none.csv"); }), HasSubstr("none.csv"));
}

// Columns as h5py writes them from a campaign's rows, and texts in their place.
TEST_F(FaultListTest, OfAnHdf5File) {
  Contents contents("list.h5");
  contents.put_list("site", std::vector<std::uint8_t>{2, 3});
  contents.put_list("layer", std::vector<std::uint32_t>{1, 2});
  contents.put_list("element", std::vector<std::int64_t>{0, 2});
  contents.put_list("step", std::vector<std::uint32_t>{3, 0});
  contents.put_list("bit", std::vector<std::uint32_t>{0, 17}, true);
  contents.put_list("logit_change", std::vector<float>{0.5, 1});
  auto list = hdf5(contents);
  ASSERT_EQ(list.trials.size(), 2U);
  EXPECT_EQ(list.trials[1].fault,
            (Fault{.site = Site::accumulator, .layer = 2, .element = 2, .bit = 17}));
  contents.put_list("site@names", std::vector<std::string>{"a", "b", "accumulator", "product"});
  contents.put_list("layer", std::vector<std::string>{"middle", "logits"});
  list = hdf5(contents);
  EXPECT_EQ(list.trials[0].fault.site, Site::accumulator);
  EXPECT_EQ(list.trials[1].fault.layer, 2U);
  contents.put_list("site", std::vector<std::string>{"accumulator", "product"});
  EXPECT_EQ(hdf5(contents).trials[1].fault.site, Site::product);
}

// NumPy's texts, by the second byte of their HDF5 type: ASCII, filled up with zeros.
TEST_F(FaultListTest, OfAnHdf5FileInAscii) {
  Contents contents("list.h5");
  for (const auto* name : {"element", "step", "bit"})
    contents.put_list(name, std::vector<std::uint32_t>{0});
  contents.put_list("site", std::vector<std::string>{"product"});
  contents.put_list("layer", std::vector<std::string>{"middle"});
  auto image = hdf5_image(contents);
  constexpr std::array kUtf8 = {std::byte{0x13}, std::byte{0x11}, std::byte{0}, std::byte{0}};
  int texts = 0;
  for (auto at = std::ranges::search(image, kUtf8); !at.empty(); ++texts) {
    at[1] = std::byte{0x01};
    at = std::ranges::search(at.end(), image.end(), kUtf8.begin(), kUtf8.end());
  }
  ASSERT_GE(texts, 2);
  write_bytes(path("list.h5"), image);
  EXPECT_EQ(read("list.h5").trials.at(0).fault, (Fault{.site = Site::product, .layer = 1}));
}

TEST_F(FaultListTest, SaysWhyAnHdf5FileIsNone) {
  Contents whole("list.h5");
  whole.put_list("site", std::vector<std::uint8_t>{2, 2});
  for (const auto* name : {"layer", "element", "step", "bit"})
    whole.put_list(name, std::vector<std::uint32_t>{1, 1});
  whole.put_list("element", std::vector<std::uint32_t>{0, 0});
  const auto said = [&](const std::string& name, auto values) {
    auto contents = whole;
    contents.put_list(name, values);
    const auto text = error_of([&] { hdf5(contents); });
    EXPECT_EQ(text.find('\n'), std::string::npos) << text;
    return text;
  };
  using Words = std::vector<std::uint32_t>;
  EXPECT_THAT(said("bit", Words{1}), HasSubstr("must have 1 values as the others, got 2"));
  EXPECT_THAT(said("bit", Words{1, 16}),
              HasSubstr("list.h5 row 1: a fault in product of layer 'middle'"));
  EXPECT_THAT(said("element", std::vector<std::int32_t>{0, -3}),
              HasSubstr("row 1: column 'element' must be at least 0, got -3"));
  EXPECT_THAT(said("step", std::vector<double>{0, 1}),
              HasSubstr("column 'step' must hold whole numbers or texts"));
  EXPECT_THAT(said("site", std::vector<std::uint8_t>{2, 99}),
              HasSubstr("row 1: column 'site' must be below 17, got 99"));
  EXPECT_THAT(said("bits", Words{1, 1}), HasSubstr("unknown column 'bits': did you mean 'bit'?"));
  EXPECT_THAT(said("layer", std::vector<std::string>{"middle", "logit"}),
              HasSubstr("row 1: column 'layer': unknown layer 'logit': did you mean 'logits'?"));
}

TEST_F(FaultListTest, EveryCutOfAnHdf5FileIsRefused) {
  Contents contents("list.h5");
  contents.put_list("site", std::vector<std::uint8_t>{2});
  for (const auto* name : {"layer", "element", "step", "bit"})
    contents.put_list(name, std::vector<std::uint32_t>{0});
  contents.put_list("layer", std::vector<std::uint32_t>{1});
  const auto image = hdf5_image(contents);
  ASSERT_EQ(hdf5(contents).trials.size(), 1U);
  for (std::size_t size = 0; size < image.size(); size += 97) {
    write_bytes(path("cut.h5"), std::span(image).first(size));
    EXPECT_THAT(error_of([&] { read("cut.h5"); }), HasSubstr("cut.h5")) << size;
  }
}

TEST_F(FaultListTest, ACampaignsFileIsAListOfItsRows) {
  auto file = sample_campaign();
  auto& rows = file.result.rows;
  for (auto& row : rows)
    row.fault = {.site = row.fault.site, .layer = 1, .bit = row.image % 8, .effect = Effect::flip};
  for (auto& row : rows) row.image %= 4;
  write_campaign(path("c.h5"), file);
  const auto list = read("c.h5");
  ASSERT_EQ(list.trials.size(), rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(list.trials[i].fault, rows[i].fault);
    EXPECT_EQ(list.trials[i].image, rows[i].image);
  }
  const auto bytes = read_bytes(path("c.h5"), 1 << 20);
  write_bytes(path("c.h5"), std::span(bytes).first(bytes.size() - 1));
  EXPECT_THAT(error_of([&] { read("c.h5"); }), HasSubstr("c.h5 is truncated"));
}

}  // namespace
}  // namespace citrine::testing
