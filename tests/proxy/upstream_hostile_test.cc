// Upstream answers are as suspect as requests (design, "HTTP rules" 7): every
// row is what a broken or hostile server sends, and what becomes of it.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/proxy/upstream_harness.h"

namespace headgate::proxy {
namespace {

using test::Reply;
using test::ScriptedUpstream;

constexpr std::string_view kOk = "HTTP/1.1 200 OK\r\n";

// What the connection must see afterwards.
enum class Then { kReused, kClosed };

struct Row {
  std::string name;
  Reply reply;
  // "200 body", or the failure's name and a part of its detail.
  std::string outcome;
  Then then = Then::kClosed;
  std::string method = "GET";
};

Reply Raw(std::string_view a, std::string_view b = "", std::string_view c = "",
          std::string_view d = "") {
  return Reply::Raw(StrCat(a, b, c, d));
}
Reply RawThenClose(std::string_view a, std::string_view b = "") {
  return Raw(a, b).Close();
}

constexpr std::string_view kInvalid = "upstream_protocol: invalid answer: ";

std::vector<Row> ValidRows() {
  const std::string big_field = StrCat("X-A: ", std::string(9000, 'a'), "\r\n");
  return {
      {"Content-Length", Raw(kOk, "Content-Length: 2\r\n\r\nok"), "200 ok",
       Then::kReused},
      {"a chunked body",
       Raw(kOk, "Transfer-Encoding: chunked\r\n\r\n",
           "2\r\nok\r\n1;a=b\r\n!\r\n0\r\n\r\n"),
       "200 ok!", Then::kReused},
      {"trailers are dropped",
       Raw(kOk, "Transfer-Encoding: chunked\r\n\r\n",
           "2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"),
       "200 ok", Then::kReused},
      {"an empty body", Raw(kOk, "Content-Length: 0\r\n\r\n"), "200 ",
       Then::kReused},
      {"204 without a body", Raw("HTTP/1.1 204 No Content\r\n\r\n"), "204 ",
       Then::kReused},
      {"304 with a length",
       Raw("HTTP/1.1 304 Not Modified\r\n", "Content-Length: 9\r\n\r\n"),
       "304 ", Then::kReused},
      {"no reason phrase", Raw("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"),
       "200 ", Then::kReused},
      {"a body until the end", RawThenClose(kOk, "\r\nok"), "200 ok"},
      {"HTTP/1.0 closes", Raw("HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok"),
       "200 ok"},
      {"HTTP/1.0 keep-alive",
       Raw("HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n",
           "Content-Length: 2\r\n\r\nok"),
       "200 ok", Then::kReused},
      {"Connection: close",
       Raw(kOk, "Connection: close\r\nContent-Length: 2\r\n\r\nok"), "200 ok"},
      {"100 is consumed",
       Raw("HTTP/1.1 100 Continue\r\n\r\n", kOk, "Content-Length: 2\r\n\r\nok"),
       "200 ok", Then::kReused},
      {"103 with fields is consumed",
       Raw("HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", kOk,
           "Content-Length: 2\r\n\r\nok"),
       "200 ok", Then::kReused},
      {"HEAD has no body whatever it says",
       Raw(kOk, "Content-Length: 1000\r\n\r\n"), "200 ", Then::kReused, "HEAD"},
      {"a head of 9 KB", Raw(kOk, big_field, "Content-Length: 2\r\n\r\nok"),
       "200 ok", Then::kReused},
  };
}

std::vector<Row> BadStatusLineRows() {
  std::vector<Row> rows;
  const auto line = [&](std::string name, std::string_view status_line) {
    rows.push_back({std::move(name),
                    Raw(status_line, "\r\nContent-Length: 0\r\n\r\n"),
                    std::string(kInvalid)});
  };
  line("HTTP/0.9", "hello");
  line("HTTP/2.0 in text", "HTTP/2.0 200 OK");
  line("HTTP/1.2", "HTTP/1.2 200 OK");
  line("another protocol", "SSH-2.0-OpenSSH_9.2");
  line("lower case", "http/1.1 200 OK");
  line("no code", "HTTP/1.1 OK");
  line("two digits", "HTTP/1.1 20 OK");
  line("four digits", "HTTP/1.1 2000 OK");
  line("code 099", "HTTP/1.1 099 Low");
  line("code 600", "HTTP/1.1 600 High");
  line("a signed code", "HTTP/1.1 +20 OK");
  line("two spaces", "HTTP/1.1  200 OK");
  line("no space after the code", "HTTP/1.1 200");
  line("NUL in the reason", std::string_view("HTTP/1.1 200 O\0K", 16));
  line("a leading empty line", "\r\nHTTP/1.1 200 OK");
  return rows;
}

std::vector<Row> BadFieldRows() {
  std::string many_fields;
  for (int i = 0; i < 101; ++i) StrAppend(&many_fields, "X-", i, ": 1\r\n");
  std::vector<Row> rows;
  const auto field = [&](std::string name, std::string_view fields) {
    rows.push_back({std::move(name), Raw(kOk, fields, "\r\n", "ok"),
                    std::string(kInvalid)});
  };
  field("a list of lengths", "Content-Length: 2, 3\r\n");
  field("a list of equal lengths", "Content-Length: 2, 2\r\n");
  field("two lengths", "Content-Length: 2\r\nContent-Length: 3\r\n");
  field("two equal lengths", "Content-Length: 2\r\nContent-Length: 2\r\n");
  field("length +2", "Content-Length: +2\r\n");
  field("length -2", "Content-Length: -2\r\n");
  field("length 0x2", "Content-Length: 0x2\r\n");
  field("length 2a", "Content-Length: 2a\r\n");
  field("an empty length", "Content-Length: \r\n");
  field("length 2^64", "Content-Length: 18446744073709551616\r\n");
  field("length and chunked",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n");
  field("gzip, chunked", "Transfer-Encoding: gzip, chunked\r\n");
  field("chunked twice", "Transfer-Encoding: chunked, chunked\r\n");
  field("two codings",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n");
  field("identity", "Transfer-Encoding: identity\r\n");
  field("xchunked", "Transfer-Encoding: xchunked\r\n");
  field("a folded line", "X-A: 1\r\n 2\r\nContent-Length: 2\r\n");
  field("a folded first line", " X-A: 1\r\nContent-Length: 2\r\n");
  field("a bare LF", "X-A: 1\nContent-Length: 2\r\n");
  field("a bare CR", "X-A: 1\rX-B: 2\r\nContent-Length: 2\r\n");
  field("NUL in a value",
        std::string_view("X-A: \0\r\nContent-Length: 2\r\n", 27));
  field("a control byte in a value", "X-A: \x01\r\nContent-Length: 2\r\n");
  field("a space before the colon", "Content-Length : 2\r\n");
  field("no colon", "X-A\r\nContent-Length: 2\r\n");
  field("an empty name", ": 1\r\nContent-Length: 2\r\n");
  field("a space in a name", "X A: 1\r\nContent-Length: 2\r\n");
  field("101 fields", many_fields);
  return rows;
}

std::vector<Row> BadHeadRows() {
  std::string interims;
  for (int i = 0; i < 17; ++i) interims += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string endless(20000, 'a');
  std::vector<Row> rows;
  const auto add = [&](std::string name, Reply reply, std::string_view why) {
    rows.push_back({std::move(name), std::move(reply), StrCat(kInvalid, why)});
  };
  add("HTTP/1.0 chunked",
      Raw("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "0\r\n\r\n"),
      "");
  add("204 with a body",
      Raw("HTTP/1.1 204 No Content\r\n", "Content-Length: 2\r\n\r\nok"),
      "an answer that cannot have a body announces one");
  add("101 that nobody asked for",
      Raw("HTTP/1.1 101 Switching Protocols\r\n",
          "Upgrade: x\r\nConnection: upgrade\r\n\r\n"),
      "an upgrade that was not asked for");
  add("two types",
      Raw(kOk, "Content-Type: text/html\r\nContent-Type: application/json\r\n",
          "Content-Length: 2\r\n\r\n{}"),
      "Content-Type is repeated");
  add("an endless status line", Raw("HTTP/1.1 200 ", endless),
      "the head is too large");
  add("an endless field", Raw(kOk, "X-A: ", endless), "the head is too large");
  rows.push_back({"17 interim answers",
                  Raw(interims, kOk, "Content-Length: 0\r\n\r\n"),
                  "upstream_protocol: too many interim (1xx) answers"});
  return rows;
}

std::vector<Row> BadBodyRows() {
  std::vector<Row> rows;
  const auto chunks = [&](std::string name, std::string_view bytes) {
    rows.push_back({std::move(name),
                    Raw(kOk, "Transfer-Encoding: chunked\r\n\r\n", bytes),
                    std::string(kInvalid)});
  };
  chunks("a chunk size of nothing", "\r\nok\r\n0\r\n\r\n");
  chunks("a chunk size with a sign", "+2\r\nok\r\n0\r\n\r\n");
  chunks("a chunk size with 0x", "0x2\r\nok\r\n0\r\n\r\n");
  chunks("a chunk size of 17 digits", "00000000000000002\r\nok\r\n0\r\n\r\n");
  chunks("a space before a chunk size", " 2\r\nok\r\n0\r\n\r\n");
  chunks("a chunk size that ends in LF", "2\nok\r\n0\r\n\r\n");
  chunks("a chunk that ends in LF", "2\r\nok\n0\r\n\r\n");
  chunks("a chunk longer than it says", "2\r\nok!\r\n0\r\n\r\n");
  chunks("a bad trailer", "2\r\nok\r\n0\r\nX A: 1\r\n\r\n");
  const auto cut = [&](std::string name, Reply reply, std::string why) {
    rows.push_back({std::move(name), std::move(reply),
                    StrCat("upstream_protocol: ", why)});
  };
  cut("closed before a byte", Reply().Close(),
      "closed the connection before it answered");
  cut("reset before a byte", Reply().Reset(),
      "broke the connection (Connection reset by peer) before it answered");
  cut("cut off in the status line", RawThenClose("HTTP/1.1 2"),
      "closed the connection inside the answer's head");
  cut("cut off between fields", RawThenClose(kOk, "Content-Length: 2\r\n"),
      "closed the connection inside the answer's head");
  cut("closed after an interim answer",
      RawThenClose("HTTP/1.1 100 Continue\r\n\r\n"),
      "closed the connection inside the answer's head");
  cut("cut off in the body", RawThenClose(kOk, "Content-Length: 9\r\n\r\nok"),
      "closed the connection after 2 bytes of the answer's body");
  cut("reset in the body", Raw(kOk, "Content-Length: 9\r\n\r\nok").Reset(), "");
  cut("cut off in a chunk",
      RawThenClose(kOk, "Transfer-Encoding: chunked\r\n\r\n9\r\nok"),
      "closed the connection after 2 bytes of the answer's body");
  cut("cut off before the last chunk",
      RawThenClose(kOk, "Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n"),
      "closed the connection after 2 bytes of the answer's body");
  cut("cut off in the trailers",
      RawThenClose(kOk, "Transfer-Encoding: chunked\r\n\r\n0\r\nX: 1\r\n"),
      "closed the connection after 0 bytes of the answer's body");
  rows.push_back({"bytes after an answer",
                  Raw(kOk, "Content-Length: 2\r\n\r\nok", "more"), "200 ok"});
  rows.push_back({"a second answer",
                  Raw(kOk, "Content-Length: 2\r\n\r\nok", kOk,
                      "Content-Length: 4\r\n\r\nevil"),
                  "200 ok"});
  rows.push_back({"a body after HEAD", Raw(kOk, "Content-Length: 2\r\n\r\nok"),
                  "200 ", Then::kClosed, "HEAD"});
  rows.push_back({"a body after 304",
                  Raw("HTTP/1.1 304 Not Modified\r\n\r\n", "ok"), "304 "});
  return rows;
}

class UpstreamHostileTest : public UpstreamTest {
 protected:
  void Judge(const Row& row) {
    SCOPED_TRACE(row.name);
    ScriptedUpstream server;
    server.Next(row.reply);
    UseServer(server);
    auto call = Started(row.method);
    ASSERT_TRUE(TurnUntilOver(*call));
    const std::string outcome = call->OutcomeAt(server.url());
    if (call->failure) {
      EXPECT_TRUE(outcome.starts_with(row.outcome))
          << outcome << "\nis not " << row.outcome;
    } else {
      EXPECT_EQ(outcome, row.outcome);
    }
    // What the next call goes over.
    const auto next = Get();
    EXPECT_EQ(next->outcome(), "200 {}");
    EXPECT_EQ(server.connections(), row.then == Then::kReused ? 1u : 2u);
    EXPECT_EQ(call->handle->retries(), 0);
  }
};

TEST_F(UpstreamHostileTest, TakesWhatIsValid) {
  for (const Row& row : ValidRows()) Judge(row);
}

TEST_F(UpstreamHostileTest, RefusesABadHeadAndClosesTheConnection) {
  for (const Row& row : BadStatusLineRows()) Judge(row);
  for (const Row& row : BadFieldRows()) Judge(row);
  for (const Row& row : BadHeadRows()) Judge(row);
}

TEST_F(UpstreamHostileTest, RefusesABadBodyAndClosesTheConnection) {
  for (const Row& row : BadBodyRows()) Judge(row);
}

TEST_F(UpstreamHostileTest, ReadsAnswersAlikeHoweverTheyAreCut) {
  const std::string answer =
      StrCat("HTTP/1.1 100 Continue\r\n\r\n", kOk,
             "X-A: b\r\nTransfer-Encoding: chunked\r\n\r\n",
             "4\r\nWiki\r\n5\r\npedia\r\n0\r\nX-T: 1\r\n\r\n");
  ScriptedUpstream server;
  UseServer(server);
  Get();
  for (size_t cut = 1; cut < answer.size(); ++cut) {
    const auto sent = test::MakeSignal();
    const auto rest = test::MakeSignal();
    server.Next(Reply::Raw(answer.substr(0, cut))
                    .Notify(sent)
                    .Wait(rest)
                    .Send(answer.substr(cut)));
    auto call = Started();
    loop.RunTurn(/*wait=*/false);  // the request leaves
    ASSERT_TRUE(sent->Wait());
    loop.RunTurn(/*wait=*/false);
    rest->Notify();
    ASSERT_TRUE(TurnUntilOver(*call)) << cut;
    EXPECT_EQ(call->outcome(), "200 Wikipedia") << cut;
    EXPECT_EQ(call->fields, "X-A: b\nTransfer-Encoding: chunked\n") << cut;
  }
  EXPECT_EQ(server.connections(), 1u);
}

TEST_F(UpstreamHostileTest, RefusesAnAnswerThatComesBeforeTheRequest) {
  ScriptedUpstream server;
  const auto sent = test::MakeSignal();
  server.OnConnect(
      Raw(kOk, "Content-Length: 4\r\n\r\nevil").Notify(sent).Hang());
  UseServer(server);
  auto call = Started();
  ASSERT_TRUE(sent->Wait());
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->OutcomeAt(server.url()),
            "upstream_protocol: sent bytes before there was a request");
}

TEST_F(UpstreamHostileTest, ClosesAnIdleConnectionThatSaysSomething) {
  ScriptedUpstream server;
  const auto later = test::MakeSignal();
  server.Next(Raw(kOk, "Content-Length: 2\r\n\r\nok")
                  .Wait(later)
                  .Send("HTTP/1.1 408 Request Timeout\r\n\r\n"));
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  EXPECT_EQ(stats().idle.Get(), 1);
  later->Notify();
  TurnUntil([&] { return stats().idle.Get() == 0; });
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

// It is chosen in the very turn in which its unasked answer is found: that must
// not become the answer to a request that has not left.
TEST_F(UpstreamHostileTest, TakesNoAnswerToARequestThatHasNotLeft) {
  ScriptedUpstream server;
  const auto later = test::MakeSignal();
  const auto sent = test::MakeSignal();
  server.Next(Raw(kOk, "Content-Length: 2\r\n\r\nok")
                  .Wait(later)
                  .Send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil")
                  .Notify(sent)
                  .Hang());
  UseServer(server);
  EXPECT_EQ(Get()->outcome(), "200 ok");
  auto call = NewCall("POST", "{}");
  loop.Post([&] { Start(call.get()); });
  later->Notify();
  ASSERT_TRUE(sent->Wait());
  ASSERT_TRUE(TurnUntilOver(*call));
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 2u);
}

}  // namespace
}  // namespace headgate::proxy
