// `headgate db`: a database file, looked at and copied, while a server runs on
// it or not.
#include "cli/db.h"

#include <array>
#include <memory>
#include <string>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/progress.h"
#include "cli/terminal.h"
#include "service/storage/maintenance.h"

namespace headgate::cli {
namespace {

int Fail(const absl::Status& status) {
  PrintError(StrCat("headgate: ", FromAbsl(status.message()), "\n"));
  return kFailed;
}

// As the config's `storage` says it, or just the file.
std::string_view FileOf(std::string_view database) {
  constexpr std::string_view kSqlite = "sqlite:";
  if (database.starts_with(kSqlite)) database.remove_prefix(kSqlite.size());
  return database;
}

std::string Bytes(int64_t bytes) {
  if (bytes < 10'000) return StrCat(bytes, " bytes");
  if (bytes < 10'000'000) return StrCat(bytes / 1024, " KiB");
  return StrCat(bytes / 1024 / 1024, " MiB");
}

std::string Row(std::string_view name, const std::string& value) {
  const size_t pad = name.size() < 14 ? 14 - name.size() : 1;
  return StrCat("  ", name, std::string(pad, ' '), value, "\n");
}

std::string StatsText(std::string_view file,
                      const service::DatabaseStats& stats) {
  std::string text = StrCat(file, "\n");
  StrAppend(&text, Row("schema", StrCat(stats.schema)),
            Row("size", Bytes(stats.pages * stats.page_bytes)),
            Row("free", Bytes(stats.free_pages * stats.page_bytes)),
            Row("log", Bytes(stats.log_bytes)), "entries\n");
  for (const auto& [table, count] : stats.entries) {
    StrAppend(&text, Row(table, StrCat(count)));
  }
  return text;
}

struct DbOptions {
  std::string database;
  std::string to;
};

int BackUp(const DbOptions& options) {
  absl::Status status;
  {
    Progress progress("backing up");
    status = service::BackUpDatabase(
        FileOf(options.database), options.to,
        [&](int64_t done, int64_t all) { progress.Show(done, all); });
  }
  if (!status.ok()) return Fail(status);
  return PrintOut(StrCat(options.to, ": written and checked\n")) ? kOk
                                                                 : kFailed;
}

int CheckFile(const DbOptions& options) {
  const std::string_view file = FileOf(options.database);
  const absl::Status status = service::CheckDatabase(file);
  if (!status.ok()) return Fail(status);
  return PrintOut(StrCat(file, ": ok\n")) ? kOk : kFailed;
}

int Stats(const DbOptions& options) {
  const std::string_view file = FileOf(options.database);
  const auto stats = service::GetDatabaseStats(file);
  if (!stats.ok()) return Fail(stats.status());
  return PrintOut(StatsText(file, *stats)) ? kOk : kFailed;
}

struct DbCommand {
  const char* name;
  const char* summary;
  const char* examples;
  int (*run)(const DbOptions&);
  bool has_target;
};

constexpr std::array<DbCommand, 3> kDbCommands = {{
    {"backup", "Copy a database into a new file; a server may be running",
     "  headgate db backup data/headgate.db backup/monday.db", &BackUp, true},
    {"check", "Look for damage in a database",
     "  headgate db check data/headgate.db", &CheckFile, false},
    {"stats", "Show how large a database is and what is in it",
     "  headgate db stats data/headgate.db", &Stats, false},
}};

}  // namespace

std::function<int()> DeclareDb(CLI::App* app) {
  auto options = std::make_shared<DbOptions>();
  auto chosen = std::make_shared<std::function<int()>>();
  app->require_subcommand(1);
  for (const DbCommand& command : kDbCommands) {
    CLI::App* const sub = app->add_subcommand(command.name, command.summary);
    sub->footer(StrCat("Examples:\n", command.examples));
    sub->add_option("database", options->database, "The database file")
        ->type_name("FILE")
        ->required();
    if (command.has_target) {
      sub->add_option("to", options->to, "The file to make")
          ->type_name("FILE")
          ->required();
    }
    sub->callback([run = command.run, options, chosen] {
      *chosen = [run, options] { return run(*options); };
    });
  }
  CLI::App* const seed =
      app->add_subcommand("seed", "Fill the store of a config with demo data");
  seed->footer("Examples:\n  headgate db seed headgate.yaml --users 1000");
  seed->callback([run = DeclareDbSeed(seed), chosen] { *chosen = run; });
  return [chosen] { return (*chosen)(); };
}

}  // namespace headgate::cli
