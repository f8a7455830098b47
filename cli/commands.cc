#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "base/strings.h"
#include "base/version.h"
#include "cli/command.h"
#include "config/diagnostic.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

constexpr std::array<Command, 8> kCommands = {{
    {"serve", "Run the proxy",
     "  headgate serve headgate.yaml\n"
     "  headgate serve -c headgate.yaml --ports-file ports.txt",
     &DeclareServe},
    {"check", "Check a config file and show every mistake in it",
     "  headgate check headgate.yaml\n"
     "  headgate check headgate.yaml --print",
     &DeclareCheck},
    {"test", "Test a policy with cases from YAML, on a virtual clock",
     "  headgate test cases.yaml\n"
     "  headgate test cases.yaml --run 'sixty names' --format junit\n"
     "  headgate test --generate headgate.yaml -o cases.yaml",
     &DeclareTest},
    {"explain", "Show each check of one request, without counting it",
     "  headgate explain -c headgate.yaml POST /acme/chat/chatrooms/1/users/bob"
     "\n      -H 'Authorization: Bearer t'",
     &DeclareExplain},
    {"diff", "Show which decisions a change of policy changes, for a log",
     "  headgate diff headgate.yaml new.yaml --log access.jsonl\n"
     "  headgate diff headgate.yaml new.yaml --log access.jsonl --format json",
     &DeclareDiff},
    {"db", "Back up, check or count a database file",
     "  headgate db backup data/headgate.db backup/monday.db\n"
     "  headgate db stats data/headgate.db",
     &DeclareDb},
    {"token", "Make token keys; issue, inspect and revoke tokens",
     "  headgate token new-key > token-k2.key\n"
     "  headgate token inspect headgate.yaml < token.txt",
     &DeclareToken},
    {"schema", "Print the JSON Schema of the config, or a contract",
     "  headgate schema > headgate.schema.json\n"
     "  headgate schema --contract agora-chat",
     &DeclareSchema},
}};

constexpr size_t kWordBytesSuggested = 64;

constexpr char kFooter[] =
    "Run `headgate COMMAND --help` for a command's options and examples.";

std::vector<std::string> SubcommandsOf(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands(nullptr)) {
    names.push_back(command->get_name());
  }
  return names;
}

// Where one of several commands should stand.
std::string AskForCommand(const CLI::App& app) {
  const std::vector<std::string> known = SubcommandsOf(app);
  const std::string choice = StrCat("expected ", config::JoinChoices(known));
  const std::vector<std::string> words = app.remaining();
  if (words.empty()) return StrCat("which command? ", choice);
  const std::string& word = words.front();
  if (word.starts_with('-')) {
    return StrCat("unknown option ", config::Quote(word));
  }
  const std::string near =
      word.size() > kWordBytesSuggested ? "" : ClosestTo(word, known);
  return StrCat("unknown command ", config::Quote(word), "; ",
                near.empty() ? choice : StrCat("did you mean ", near, "?"));
}

// What was wrong with the command line, and what to do next.
int ReportUsage(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  std::string name = "headgate";
  while (!command->get_subcommands().empty()) {
    command = command->get_subcommands().front();
    StrAppend(&name, " ", command->get_name());
  }
  const bool lacks_command = !SubcommandsOf(*command).empty();
  const std::string what =
      lacks_command ? AskForCommand(*command) : std::string(error.what());
  std::fprintf(stderr, "headgate: %s\nTry `%s --help`.\n", what.c_str(),
               name.c_str());
  return kUsage;
}

}  // namespace

std::span<const Command> Commands() { return kCommands; }

int Main(int argc, char** argv) {
  CLI::App app("Headgate: a rate-limited API proxy and policy sidecar",
               "headgate");
  app.footer(kFooter);
  app.set_version_flag("--version", StrCat("headgate ", kVersion));
  app.require_subcommand(1);
  std::function<int()> chosen;
  for (const Command& command : Commands()) {
    CLI::App* sub = app.add_subcommand(command.name, command.summary);
    sub->footer(StrCat("Examples:\n", command.examples));
    sub->callback([run = command.declare(sub), &chosen] { chosen = run; });
  }
  // CLI11 speaks in exceptions; they end here.
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& shown) {
    return app.exit(shown);  // --help, --version
  } catch (const CLI::ParseError& error) {
    return ReportUsage(app, error);
  }
  return chosen();
}

}  // namespace headgate::cli
