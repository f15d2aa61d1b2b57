#include "app/options.h"

#include <filesystem>
#include <fstream>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "app/help.h"
#include "graph/words.h"
#include "kernels/error.h"

namespace citrine {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Values that a command needs to run at all.
OptionValues required_values(const Command& command) {
  OptionValues values;
  for (const auto choice : words(command.required)) values.emplace(words(choice, '|').front(), "x");
  return values;
}

std::string error_of(std::string_view command, std::vector<std::string> given) {
  try {
    parse_options(command, given);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

class IniFile {
 public:
  explicit IniFile(const std::string& text)
      : path_(::testing::TempDir() + "citrine_options_test.ini") {
    std::ofstream(path_) << text;
  }
  ~IniFile() { std::filesystem::remove(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

TEST(OptionTable, NamesAreUniqueAndUsedByKnownCommands) {
  std::set<std::string_view> names;
  for (const auto& option : option_table()) {
    EXPECT_TRUE(names.insert(option.name).second) << option.name;
    EXPECT_FALSE(option.commands.empty()) << option.name;
    if (option.commands == "*") continue;
    for (const auto command : words(option.commands))
      EXPECT_NO_THROW(find_command(command)) << option.name;
  }
}

TEST(OptionTable, EveryDefaultIsValidForEveryCommand) {
  for (const auto& command : command_table())
    for (const auto& option : option_table()) {
      if (!uses(command.name, option) || option.fallback.empty()) continue;
      EXPECT_NO_THROW(
          Options(command.name, {}, {{std::string(option.name), std::string(option.fallback)}}))
          << command.name << ' ' << option.name;
    }
}

TEST(OptionTable, NumbersOutsideTheirRangeAreRefusedAndTheirEndsAccepted) {
  for (const auto& command : command_table())
    for (const auto& option : option_table()) {
      if (!uses(command.name, option) || option.kind == OptionKind::texts || option.high == 0)
        continue;
      ASSERT_LT(option.low, option.high) << option.name;
      const std::string name(option.name);
      const auto text = [&](double value) {
        std::ostringstream stream;
        stream.precision(17);
        stream << std::fixed << value;
        return option.kind == OptionKind::integer ? stream.str().substr(0, stream.str().find('.'))
                                                  : stream.str();
      };
      EXPECT_NO_THROW(Options(command.name, {}, {{name, text(option.low)}})) << name;
      EXPECT_NO_THROW(Options(command.name, {}, {{name, text(option.high)}})) << name;
      EXPECT_THROW(Options(command.name, {}, {{name, text(option.low - 1)}}), Error) << name;
      EXPECT_THROW(Options(command.name, {}, {{name, text(option.high + 1)}}), Error) << name;
      EXPECT_THROW(Options(command.name, {}, {{name, "many"}}), Error) << name;
      EXPECT_THROW(Options(command.name, {}, {{name, "nan"}}), Error) << name;
    }
}

TEST(OptionTable, PresetsHoldValidValuesOfTheirCommand) {
  for (const auto& preset : preset_table()) {
    const Options options(preset.command, {}, {{"preset", std::string(preset.name)}});
    for (const auto word : words(preset.values)) {
      const auto name = word.substr(0, word.find('='));
      EXPECT_EQ(options.text(name), word.substr(word.find('=') + 1)) << preset.name << ' ' << name;
    }
  }
}

TEST(Help, NamesEveryCommandAndEveryOptionWithDefaultUnitAndHelp) {
  for (const auto& command : command_table()) {
    EXPECT_THAT(help(), HasSubstr(std::string(command.summary)));
    const auto text = help(command.name);
    for (const auto& option : option_table()) {
      const auto heading = "--" + std::string(option.name) + " ";
      if (!uses(command.name, option)) {
        EXPECT_EQ(text.find("  " + heading), std::string::npos)
            << command.name << ' ' << option.name;
        continue;
      }
      EXPECT_THAT(text, HasSubstr(heading));
      EXPECT_THAT(text, HasSubstr(std::string(option.help)));
      EXPECT_THAT(text, HasSubstr(std::string(option.unit)));
    }
  }
  EXPECT_THAT(help("train"), HasSubstr("[1 to 10000; default 20]"));
  EXPECT_THAT(help("train"), HasSubstr("[1 to 65536 images; default 64]"));
}

TEST(Options, ReadsTheCommandLine) {
  const auto options = parse_options(
      "inject", std::vector<std::string>{"net.h5", "--data=cifar10", "--trials", "12",
                                         "--overwrite", "--rates", "1e-5,1e-4", "--sites",
                                         "product,accumulator", "--only", "5"});
  EXPECT_THAT(options.arguments(), ElementsAre("net.h5"));
  EXPECT_EQ(options.text("data"), "cifar10");
  EXPECT_EQ(options.integer("trials"), 12);
  EXPECT_EQ(options.integer("only"), 5);
  EXPECT_TRUE(options.toggle("overwrite"));
  EXPECT_FALSE(options.toggle("quiet"));
  EXPECT_THAT(options.reals("rates"), ElementsAre(1e-5, 1e-4));
  EXPECT_THAT(options.texts("sites"), ElementsAre("product", "accumulator"));
  EXPECT_GE(options.integer("threads"), 1);
}

// A number of a range is the one that would be typed, so that its draws are the same.
TEST(Options, TakesRangesAtEqualRatios) {
  const auto rates = [](const std::string& text) {
    const std::vector<std::string> words = {"net.h5", "--data", "d", "--out", "o", "--rates", text};
    return parse_options("inject", words).reals("rates");
  };
  const auto refusal = [](const std::string& text) {
    return error_of("inject", {"net.h5", "--data", "d", "--out", "o", "--rates", text});
  };
  EXPECT_THAT(rates("1e-7:1e-3:5"), ElementsAre(1e-7, 1e-6, 1e-5, 1e-4, 1e-3));
  EXPECT_THAT(rates("0,1e-6:1e-5:3"), ElementsAre(0, 1e-6, 3.16228e-6, 1e-5));
  for (const std::string bad :
       {"1e-7:1e-3", "1e-3:1e-7:5", "0:1:3", "1e-7:1e-3:1", "1e-7:1e-3:1001", "1e-7:1e-3:5:6",
        ":1e-7:1e-3:5", "1e-7::5", "1e-7:inf:3", "nan:1:3"})
    EXPECT_THAT(refusal(bad),
                HasSubstr("'rates' takes a range as FROM:TO:COUNT with 0 < FROM < TO"))
        << bad;
  EXPECT_THAT(refusal("1e-3:10:3"), HasSubstr("must lie between 0 and 1"));
  EXPECT_THAT(refusal("a:1:3"), HasSubstr("takes a number, got 'a'"));
  EXPECT_THAT(refusal("1e-3:1:3.5"), HasSubstr("takes a whole number, got '3.5'"));
}

TEST(Options, ToggleTakesAValueOrNone) {
  const auto toggle = [](std::vector<std::string> given) {
    given.insert(given.end(), {"net", "--data", "d", "--out", "o"});
    return parse_options("train", given).toggle("flip");
  };
  EXPECT_TRUE(toggle({"--flip"}));
  EXPECT_TRUE(toggle({"--flip", "true"}));
  EXPECT_FALSE(toggle({"--flip", "false"}));
  EXPECT_FALSE(toggle({"--flip=false"}));
}

TEST(Options, CommandLineBeatsIniBeatsPresetBeatsDefault) {
  const IniFile ini("# a comment\nepochs = 7\naccepted = 5\npreset = quickstart-smallest\n");
  const auto options = parse_options(
      "search", std::vector<std::string>{"--run", "r", "--config", ini.path(), "--epochs=9"});
  EXPECT_EQ(options.integer("epochs"), 9);
  EXPECT_EQ(options.integer("accepted"), 5);
  EXPECT_EQ(options.integer("generations"), 2);
  EXPECT_EQ(options.integer("max-operators"), 3);
}

TEST(Options, IniTextGivesTheSameOptionsAgain) {
  for (const auto& command : command_table()) {
    const Options options(command.name, {}, required_values(command));
    const Options again(command.name, {}, parse_ini(command.name, options.ini(), "ini"));
    EXPECT_EQ(difference(options.config(), again.config()), "") << command.name;
  }
}

TEST(Options, ConfigHoldsTypedValuesAndOnlyWhatChangesResults) {
  const auto config = Options("train", {}, {{"rate", "0.10"}, {"out", "a.h5"}}).config();
  EXPECT_EQ(config.at("rate"), 0.1);
  EXPECT_EQ(config.at("epochs"), 20);
  EXPECT_EQ(config.at("flip"), true);
  EXPECT_FALSE(config.contains("out"));
  EXPECT_FALSE(config.contains("quiet"));
}

TEST(Options, WrongUsageNamesTheNearestValidKey) {
  const std::vector<std::string> base = {"net", "--data", "d", "--out", "o"};
  const auto with = [&](std::vector<std::string> extra) {
    extra.insert(extra.begin(), base.begin(), base.end());
    return error_of("train", extra);
  };
  EXPECT_THAT(with({"--epoch", "3"}), HasSubstr("'epochs'"));
  EXPECT_THAT(with({"--trials", "3"}), HasSubstr("not used by train"));
  EXPECT_THAT(with({"--epochs", "3", "--epochs", "4"}), HasSubstr("given twice"));
  EXPECT_THAT(with({"--epochs", "0"}), HasSubstr("between 1 and 10000"));
  EXPECT_THAT(with({"--epochs", "2.5"}), HasSubstr("whole number"));
  EXPECT_THAT(with({"--epochs"}), HasSubstr("epochs"));
  EXPECT_THAT(with({"--epochs="}), HasSubstr("epochs"));
  EXPECT_THAT(with({"--device", "cda"}), HasSubstr("'cuda'"));
  EXPECT_THAT(with({"-x"}), HasSubstr("unknown option 'x'"));
  EXPECT_THAT(with({"-"}), HasSubstr("unknown option ''"));
  EXPECT_THAT(with({"second"}), HasSubstr("does not take 'second'"));
  EXPECT_THAT(with({"--preset", "cifar"}), HasSubstr("cifar10-paper"));
  EXPECT_THAT(with({"--flip=maybe"}), HasSubstr("true or false"));
  EXPECT_THAT(error_of("train", {"--data", "d", "--out", "o"}), HasSubstr("needs NET"));
  EXPECT_THAT(error_of("train", {"net", "--data", "d"}), HasSubstr("'out'"));
  EXPECT_THROW(find_command("trian"), Error);
}

TEST(Options, IniFileIsHeldToTheSameRules) {
  const auto with = [](const std::string& text) {
    const IniFile ini(text);
    return error_of("search", {"--run", "r", "--data", "d", "--config", ini.path()});
  };
  EXPECT_THAT(with("generation = 3\n"), HasSubstr("'generations'"));
  EXPECT_THAT(with("trials = 3\n"), HasSubstr("not used by search"));
  EXPECT_THAT(with("epochs = 3\nepochs = 3\n"), HasSubstr("twice"));
  EXPECT_THAT(with("epochs = -3\n"),
              AllOf(HasSubstr("between 1 and 10000"), HasSubstr("citrine_options_test.ini")));
  EXPECT_THAT(with("\n# a = b\n [a=b] # c\nepochs = 3 # d\n\nepochs = 4\n"),
              HasSubstr("citrine_options_test.ini line 4: unknown option 'a=b.epochs'"));
  EXPECT_THAT(with("\r\n# a = b\nepochs = 3 # d\n\t\nepochs = 4\n"),
              HasSubstr("citrine_options_test.ini line 5: option 'epochs' is given twice"));
  EXPECT_THAT(with("--epochs = 3\n"), HasSubstr("unknown option '--epochs'"));
  EXPECT_THAT(with("config = other.ini\n"), HasSubstr("cannot name another"));
  EXPECT_THAT(with("epochs\n"), HasSubstr("citrine_options_test.ini"));
  EXPECT_THAT(error_of("search", {"--run", "r", "--config", "/nowhere.ini"}),
              HasSubstr("/nowhere.ini"));
}

// Boost puts the text that was given in the place of these, and would go on with what it has put.
TEST(Options, PlaceholdersOfMessagesEnd) {
  for (const std::string name : {"invalid_line", "canonical_option", "option", "original_token"}) {
    const IniFile ini("%" + name + "%\n");
    EXPECT_THAT(error_of("search", {"--run", "r", "--data", "d", "--config", ini.path()}),
                HasSubstr("each line must be 'key = value'"));
    EXPECT_THAT(error_of("search", {"--%" + name + "%="}), Not(IsEmpty()));
    EXPECT_THAT(error_of("search", {"--run", "%" + name + "%", "--data"}),
                HasSubstr("must be '--name value'"));
  }
}

TEST(Options, DifferenceNamesTheFirstOne) {
  EXPECT_EQ(difference({{"a", 1}, {"b", 2}}, {{"a", 1}, {"b", 2.0}}), "");
  EXPECT_EQ(difference({{"a", 1}, {"b", 2}}, {{"a", 1}, {"b", 3}}), "b is 2 here and 3 there");
  EXPECT_EQ(difference({{"a", 1}}, nlohmann::json::object()), "a is 1 here and null there");
}

}  // namespace
}  // namespace citrine
