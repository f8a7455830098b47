// Bodies larger than the buffer, both ways: streamed, with back-pressure.
#include <gtest/gtest.h>

#include <string>

#include "tests/proxy/upstream_harness.h"

namespace headgate::proxy {
namespace {

using test::MakeSignal;
using test::Reply;
using test::ScriptedUpstream;

class UpstreamStreamTest : public UpstreamTest {};

Reply BigAnswer(size_t bytes) {
  return Reply::Text(200, "text/plain", std::string(bytes, 'x'));
}

// --- Large answers.

TEST_F(UpstreamStreamTest, HandsOverAnAnswerOfTheBuffersSizeWhole) {
  ScriptedUpstream server;
  server.Next(BigAnswer(kAnswerBufferBytes));
  UseServer(server);
  const auto call = Get();
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->body.size(), kAnswerBufferBytes);
  EXPECT_EQ(stats().idle.Get(), 1);
}

TEST_F(UpstreamStreamTest, StreamsALargerAnswer) {
  ScriptedUpstream server;
  server.Next(BigAnswer(5 << 20));
  UseServer(server);
  const auto call = Get();
  EXPECT_FALSE(call->complete);
  EXPECT_GT(call->pieces, 1);
  EXPECT_EQ(call->body, std::string(5 << 20, 'x'));
  EXPECT_EQ(stats().idle.Get(), 1);
  EXPECT_EQ(Get()->outcome(), "200 {}");
  EXPECT_EQ(server.connections(), 1u);
}

std::string Chunked(size_t chunks, size_t chunk_bytes, std::string* body) {
  std::string wire = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (size_t i = 0; i < chunks; ++i) {
    const std::string data(chunk_bytes + i % 7,
                           static_cast<char>('a' + i % 26));
    char size[20];
    snprintf(size, sizeof size, "%zx\r\n", data.size());
    StrAppend(&wire, size, data, "\r\n");
    *body += data;
  }
  return wire + "0\r\n\r\n";
}

TEST_F(UpstreamStreamTest, DecodesManySmallChunksInPlace) {
  ScriptedUpstream server;
  std::string body;
  server.Next(Reply::Raw(Chunked(9000, 1, &body)));
  ASSERT_LT(body.size(), kAnswerBufferBytes);
  UseServer(server);
  const auto call = Get();
  EXPECT_TRUE(call->complete);
  EXPECT_EQ(call->body, body);
}

// It is judged by that byte, and the head may come by itself.
TEST_F(UpstreamStreamTest, HandsOverALargeAnswerWithItsFirstByteOnly) {
  const auto head_sent = MakeSignal(), blanks = MakeSignal(),
             blanks_sent = MakeSignal(), rest = MakeSignal();
  ScriptedUpstream server;
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 200000\r\n\r\n")
                  .Notify(head_sent)
                  .Wait(blanks)
                  .Send(" \n")
                  .Notify(blanks_sent)
                  .Wait(rest)
                  .Send(std::string(199998, 'x')));
  UseServer(server);
  auto call = Started();
  TurnUntil([&] { return head_sent->Wait(std::chrono::seconds(0)); });
  TurnTicks(2);
  EXPECT_EQ(call->status, 0);
  blanks->Notify();
  TurnUntil([&] { return blanks_sent->Wait(std::chrono::seconds(0)); });
  TurnTicks(2);
  EXPECT_EQ(call->status, 0);
  rest->Notify();
  TurnUntil([&] { return call->status != 0; });
  EXPECT_EQ(call->body.substr(0, 3), " \nx");
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200  \n" + std::string(199998, 'x'));
}

TEST_F(UpstreamStreamTest, StreamsALargeChunkedAnswer) {
  ScriptedUpstream server;
  std::string body;
  server.Next(Reply::Raw(Chunked(3000, 1000, &body)));
  UseServer(server);
  const auto call = Get();
  EXPECT_FALSE(call->complete);
  EXPECT_EQ(call->body, body);
  EXPECT_EQ(stats().idle.Get(), 1);
}

TEST_F(UpstreamStreamTest, StreamsALargeAnswerThatEndsWithTheConnection) {
  ScriptedUpstream server;
  server.Next(
      Reply::Raw("HTTP/1.1 200 OK\r\n\r\n" + std::string(200000, 'x')).Close());
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->outcome(), "200 " + std::string(200000, 'x'));
  EXPECT_EQ(stats().idle.Get(), 0);
}

TEST_F(UpstreamStreamTest, TellsOfALargeAnswerThatIsCutOff) {
  ScriptedUpstream server;
  server.Next(Reply::Raw("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n" +
                         std::string(200000, 'x'))
                  .Close());
  UseServer(server);
  const auto call = Get();
  EXPECT_EQ(call->status, 200);
  EXPECT_EQ(
      call->OutcomeAt(server.url()),
      "upstream_protocol: closed the connection after 200000 bytes of the "
      "answer's body");
}

TEST_F(UpstreamStreamTest, APausedAnswerStaysWithTheServer) {
  constexpr size_t kBytes = 10 << 20;
  ScriptedUpstream server;
  server.Next(BigAnswer(kBytes));
  UseServer(server);
  auto call = StartedPausing();
  const size_t held = call->body.size();
  clock.Advance(absl::Seconds(60));  // no timeout: the client is slow
  TurnTicks(5);
  EXPECT_EQ(call->body.size(), held);
  EXPECT_LT(held, 2 * kAnswerBufferBytes);
  ResumeUntilOver(call.get());
  EXPECT_EQ(call->body.size(), kBytes);
}

// --- Streamed requests.

TEST_F(UpstreamStreamTest, StreamsABodyOfKnownLength) {
  ScriptedUpstream server;
  UseServer(server);
  auto call = StartedUpload(6);
  EXPECT_TRUE(call->handle->SendBody("ab", false));  // before the connection
  TurnUntil([&] { return server.received_bytes() > 2; });
  EXPECT_TRUE(call->handle->SendBody("cd", false));
  EXPECT_TRUE(call->handle->SendBody("ef", true));
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().message.body, "abcdef");
  EXPECT_EQ(stats().idle.Get(), 1);
}

TEST_F(UpstreamStreamTest, StreamsABodyInChunks) {
  ScriptedUpstream server;
  UseServer(server);
  auto call = StartedUpload(std::nullopt);
  TurnUntil([&] { return server.received_bytes() > 2; });
  call->handle->SendBody("hello", false);
  call->handle->SendBody("", false);  // no chunk: it would be the last one
  call->handle->SendBody(" world", false);
  call->handle->SendBody("", true);
  TurnUntilOver(*call);
  EXPECT_EQ(server.last_request().message.body, "hello world");
  EXPECT_EQ(server.last_request().message.wire,
            call->head + "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
}

TEST_F(UpstreamStreamTest, ASlowClientIsNotTheServersFault) {
  ScriptedUpstream server;
  UseServer(server);
  auto call = StartedUpload(4);
  TurnUntil([&] { return server.received_bytes() > 2; });
  clock.Advance(absl::Seconds(60));
  TurnTicks(2);
  EXPECT_FALSE(call->over);
  call->handle->SendBody("abcd", true);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
}

TEST_F(UpstreamStreamTest, AsksForABodyOnlyWhenThereIsRoom) {
  constexpr size_t kBytes = 12 << 20;
  ScriptedUpstream server;
  const auto read_on = MakeSignal();
  server.Next(Reply().Early().Wait(read_on).Send(
      "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  UseServer(server);
  auto call = StartedUpload(kBytes);
  TurnUntil([&] { return server.connections() == 1; });
  TurnTicks(1);
  const std::string piece(64 * 1024, 'x');
  size_t given = 0;
  const auto give = [&] {
    while (given < kBytes) {
      given += piece.size();
      if (!call->handle->SendBody(piece, given == kBytes)) return;
    }
  };
  give();
  ASSERT_LT(given, kBytes) << "the kernel took it all";
  const size_t held = given;
  TurnTicks(2);
  EXPECT_EQ(call->wanted, 0);
  read_on->Notify();  // the server answers, and then reads
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 ");
  EXPECT_EQ(given, held);
  EXPECT_EQ(stats().idle.Get(), 0);
}

TEST_F(UpstreamStreamTest, WantsMoreOfABodyThatTheServerTook) {
  constexpr size_t kBytes = 32 << 20;
  ScriptedUpstream server;
  UseServer(server);
  auto call = StartedUpload(kBytes);
  const int waits = SendInPieces(kBytes, call.get());
  EXPECT_GT(waits, 0);
  EXPECT_EQ(call->wanted, waits);
  TurnUntilOver(*call);
  EXPECT_EQ(call->outcome(), "200 {}");
  EXPECT_EQ(server.last_request().message.body.size(), kBytes);
}

}  // namespace
}  // namespace headgate::proxy
