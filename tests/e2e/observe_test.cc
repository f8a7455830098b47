// Seen from outside: one line per exchange whatever became of it, numbers, and
// the operator's pages.
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/e2e/sidecar.h"

namespace headgate::test {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class ObserveTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(headgate_.started()) << headgate_.err(); }
  void TearDown() override { EXPECT_TRUE(EndsWell(&headgate_)); }

  ScriptedUpstream upstream_;
  HeadgateProcess headgate_{
      SidecarConfig(upstream_,
                    "    unmatched: forward\n"
                    "    limits: {default: 100/h}\n"
                    "    apps: [{org_name: acme, app_name: chat}]\n",
                    "workers: 1\ntimeouts: {head: 300ms, body: 300ms}\n")};
};

TEST_F(ObserveTest, WritesOneLinePerExchangeAndNoSecret) {
  const auto call = [&](const std::string& wire) { headgate_.Call(wire); };
  constexpr std::string_view kSecret = "s3cr3t-t0ken";
  call(Request("POST /acme/chat/chatrooms/1/users/bob?password=s3cr3t-t0ken",
               StrCat("Authorization: Bearer ", kSecret, "\r\n")));
  call(Request("POST /acme/chat/chatrooms/1/users/b%21b",
               StrCat("Authorization: Bearer ", kSecret, "\r\n")));
  call(Request("POST /a", "", StrCat("{\"password\":\"", kSecret, "\"}")));
  call(StrCat("GET /a HTTP/1.1\r\nAuthorization : Bearer ", kSecret,
              "\r\n\r\n"));
  call("GET /a HTTP/1.1\r\nHost: h");  // 408
  upstream_.Next(Reply::Raw("nonsense"));
  call(Request("GET /b"));
  {
    upstream_.Next(Reply::Never());
    RawClient leaver(headgate_.address());
    leaver.Send(Request("GET /c"));
    ASSERT_TRUE(upstream_.WaitForRequests(4));
    leaver.Reset();
  }
  const std::vector<std::string> log = headgate_.AccessLog(7);
  ASSERT_EQ(log.size(), 7u);
  EXPECT_THAT(log[0], HasSubstr("\"operation\":\"add_chatroom_member\""));
  EXPECT_THAT(log[0], HasSubstr("\"app\":\"acme"));
  EXPECT_THAT(log[0], HasSubstr("\"status\":200"));
  EXPECT_THAT(log[1], HasSubstr("\"status\":400"));
  EXPECT_THAT(log[1], HasSubstr("\"rule\":"));
  EXPECT_THAT(log[2], HasSubstr("\"status\":200"));
  EXPECT_THAT(log[3], HasSubstr("\"refusal\":\"bad_request\""));
  EXPECT_THAT(log[4], HasSubstr("\"status\":408"));
  EXPECT_THAT(log[5], HasSubstr("\"status\":502"));
  EXPECT_THAT(log[6], HasSubstr("\"aborted\":true"));
  EXPECT_THAT(headgate_.out(), Not(HasSubstr(std::string(kSecret))));
  EXPECT_THAT(headgate_.err(), Not(HasSubstr(std::string(kSecret))));
}

TEST_F(ObserveTest, CountsWhatWasReadOfAHeadThatIsRefused) {
  struct Row {
    int status;
    std::string bytes;
  };
  const Row rows[] = {
      {400, "GET /a HTTP/1.1\r\n\r\n"},
      {400, "GET /a HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"},
      {400, Request("POST /a",
                    "Content-Length: 5\r\n"
                    "Transfer-Encoding: chunked\r\n")},
      {505, "GET /a HTTP/2.0\r\nHost: a\r\n\r\n"},
      {417, Request("POST /a", "Expect: fun\r\nContent-Length: 0\r\n")},
      {414, Request(StrCat("GET /", std::string(9000, 'a')))},
      {431, Request("GET /a", StrCat("A: ", std::string(20'000, 'a'), "\r\n"))},
      {408, "GET /a HTTP/1.1\r\nHost:"},
  };
  for (size_t i = 0; i < std::size(rows); ++i) {
    EXPECT_EQ(headgate_.Call(rows[i].bytes, "POST").status, rows[i].status);
    const std::vector<std::string> log = headgate_.AccessLog(i + 1);
    ASSERT_EQ(log.size(), i + 1);
    EXPECT_THAT(log[i],
                HasSubstr(StrCat("\"bytes_in\":", rows[i].bytes.size(), ",")));
  }
}

TEST_F(ObserveTest, ServesTheOperatorsPages) {
  headgate_.Call(AddMember("bob"), "POST");
  EXPECT_EQ(headgate_.Admin("/livez").body, "ok\n");
  EXPECT_EQ(headgate_.Admin("/readyz").body, "ok\n");
  const Message limits =
      headgate_.Admin("/limits?app=acme%23chat&operation=add_chatroom_member");
  EXPECT_EQ(limits.status, 200) << limits;
  EXPECT_THAT(limits.body, HasSubstr("99")) << "one of a hundred is spent";
  EXPECT_THAT(headgate_.Admin("/config").body, HasSubstr("agora-chat"));
  RawClient admin(headgate_.admin_address());
  const Message explained = admin.Call(
      Request("POST /explain", "",
              "{\"method\":\"POST\",\"path\":\"/acme/chat/chatrooms/1/users/"
              "b!b\",\"headers\":{\"Authorization\":\"Bearer t\"}}"),
      "POST");
  EXPECT_EQ(explained.status, 200) << explained;
  EXPECT_THAT(explained.body, HasSubstr("deny"));
  EXPECT_EQ(admin.Call(Request("GET /nothing")).status, 404);
  EXPECT_EQ(admin.Call(Request("DELETE /livez"), "DELETE").status, 405);
  EXPECT_EQ(admin.Call(Request("HEAD /livez"), "HEAD").status, 200);
  EXPECT_EQ(admin.Call("garbage\r\n\r\n").status, 400);
  EXPECT_TRUE(admin.WaitClosed());
}

TEST_F(ObserveTest, CountsEachSeriesOnceAfterReloadsToo) {
  for (int i = 0; i < 3; ++i) {
    headgate_.Call(AddMember("bob"), "POST");
    EXPECT_EQ(headgate_.Admin("/reload", "POST").status, 200);
  }
  const Message metrics = headgate_.Admin("/metrics");
  EXPECT_EQ(metrics.status, 200);
  std::set<std::string> series;
  for (const std::string_view line : Split(metrics.body, '\n')) {
    if (line.empty() || line.starts_with("#")) continue;
    const std::string name(line.substr(0, line.rfind(' ')));
    EXPECT_TRUE(series.insert(name).second) << "twice: " << name;
  }
  EXPECT_GT(series.size(), 20u);
  EXPECT_THAT(metrics.body, HasSubstr("headgate_ready 1"));
}

}  // namespace
}  // namespace headgate::test
