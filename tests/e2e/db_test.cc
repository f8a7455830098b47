// `headgate db` on the file of a running gateway: what it prints and how it
// ends.
#include <string>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

using ::testing::HasSubstr;

class DbTest : public ::testing::Test {
 protected:
  DbTest()
      : headgate_(StrCat("listeners: [{address: \"127.0.0.1:0\"}]\n"
                         "storage: \"sqlite:",
                         file_,
                         "\"\n"
                         "services:\n"
                         "  agora-chat:\n"
                         "    apps: [{org_name: acme, app_name: chat,\n"
                         "            client_id: id, client_secret: secret}]"
                         "\n")) {}
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }

  TempDir dir_;
  std::string file_ = dir_.File("headgate.db");
  HeadgateProcess headgate_;
};

TEST_F(DbTest, CountsWhatIsInADatabase) {
  const ProcessResult result = RunHeadgate({"db", "stats", "sqlite:" + file_});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(file_ + "\n  schema        1\n"));
  EXPECT_THAT(result.out, HasSubstr("entries\n  counters      0\n"
                                    "  users         0\n"));
}

TEST_F(DbTest, BacksUpChecksAndStartsFromTheCopy) {
  const std::string copy = dir_.File("backup/monday.db");
  ProcessResult result = RunHeadgate({"db", "backup", file_, copy});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, copy + ": written and checked\n");
  EXPECT_EQ(result.err, "");  // no bar where nobody looks
  result = RunHeadgate({"db", "check", copy});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.out, copy + ": ok\n");
  result = RunHeadgate({"db", "backup", file_, copy});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, StrCat("headgate: ", copy,
                               ": exists already; choose another name\n"));
}

TEST_F(DbTest, SaysThatAFileIsDamaged) {
  const std::string file = dir_.Write("text.db", std::string(2000, 'x'));
  const ProcessResult result = RunHeadgate({"db", "check", file});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err, StrCat("headgate: ", file,
                               ": file is not a database (SQLite 26)\n"));
}

TEST_F(DbTest, SaysWhichFileIsNoDatabaseOfHeadgate) {
  const std::string empty = dir_.Write("empty.db", "");
  const std::string text = dir_.Write("text.db", std::string(2000, 'x'));
  for (const std::string command : {"check", "stats"}) {
    const ProcessResult result = RunHeadgate({"db", command, empty});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_EQ(result.out, "");
    EXPECT_EQ(result.err, StrCat("headgate: ", empty,
                                 ": is empty: not a Headgate database\n"));
  }
  const ProcessResult result =
      RunHeadgate({"db", "backup", text, dir_.File("copy.db")});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_EQ(result.err,
            StrCat("headgate: ", text,
                   ": file is not a database (SQLite 26): the file is damaged; "
                   "`headgate db check ",
                   text, "` says more; restore a backup\n"));
}

TEST_F(DbTest, RefusesACommandLineThatIsWrong) {
  EXPECT_EQ(RunHeadgate({"db"}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"db", "vacuum", file_}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"db", "backup", file_}).exit_code, 64);
  EXPECT_EQ(RunHeadgate({"db", "stats"}).exit_code, 64);
}

TEST_F(DbTest, ShowsExamples) {
  const ProcessResult result = RunHeadgate({"db", "backup", "--help"});
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_THAT(
      result.out,
      HasSubstr("headgate db backup data/headgate.db backup/monday.db"));
}

// Before it listens, so that no client can reach the second one.
TEST_F(DbTest, KeepsASecondGatewayFromTheSameFile) {
  const ProcessResult second = RunHeadgate({"serve", headgate_.config_path()});
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.err, HasSubstr(StrCat(file_, ": in use by process ",
                                           headgate_.process().pid(),
                                           "; two must not share a database")));
}

}  // namespace
}  // namespace headgate::test
