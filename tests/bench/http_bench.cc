// What the wire costs of one proxied call, step by step and whole. The whole
// must stay far below the 20-odd microseconds that the call takes in all.
#include <string>

#include "benchmark/benchmark.h"
#include "proxy/http/body_reader.h"
#include "proxy/http/request_parser.h"
#include "proxy/http/response_parser.h"
#include "proxy/http/second_reader.h"
#include "proxy/http/target.h"
#include "proxy/http/writer.h"

namespace headgate::http {
namespace {

constexpr std::string_view kRequest =
    "POST /acme/chat/chatrooms/66211860774913/users/alice-01 HTTP/1.1\r\n"
    "Host: gate.example.com:8080\r\n"
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
    "Accept: application/json\r\n"
    "Accept-Encoding: gzip, deflate\r\n"
    "Authorization: Bearer YWMtOiVJ6oWpEeqSeNm7dVGqKgAAAXTk7DYyQ\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 2\r\n"
    "X-Request-ID: 4bf92f3577b34da6a3ce929d0e0e4736\r\n"
    "\r\n{}";
constexpr std::string_view kResponse =
    "HTTP/1.1 200 OK\r\n"
    "Server: upstream/1.0\r\n"
    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    "Content-Type: application/json\r\n"
    "Content-Length: 180\r\n"
    "Connection: keep-alive\r\n"
    "\r\n";

void BM_ParseRequest(benchmark::State& state) {
  RequestParser parser({});
  RequestHead head;
  for (auto _ : state) {
    parser.Reset();
    benchmark::DoNotOptimize(parser.Parse(kRequest, &head));
  }
}
BENCHMARK(BM_ParseRequest);

// Of that, llhttp's part.
void BM_SecondReader(benchmark::State& state) {
  const std::string_view head = kRequest.substr(0, kRequest.size() - 2);
  for (auto _ : state) benchmark::DoNotOptimize(ReadRequestAgain(head));
}
BENCHMARK(BM_SecondReader);

void BM_NormalizeTarget(benchmark::State& state) {
  std::string storage;
  Target target;
  TargetError error;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        NormalizeTarget("/acme/chat/chatrooms/66211860774913/users/alice-01",
                        &storage, &target, &error));
  }
}
BENCHMARK(BM_NormalizeTarget);

void BM_ParseResponse(benchmark::State& state) {
  ResponseParser parser({});
  ResponseHead head;
  for (auto _ : state) {
    parser.Reset();
    benchmark::DoNotOptimize(parser.Parse(kResponse, Method::kPost, &head));
  }
}
BENCHMARK(BM_ParseResponse);

// Everything that proxy/http does for one call.
void BM_WholeCall(benchmark::State& state) {
  RequestParser request_parser({});
  ResponseParser response_parser({});
  RequestHead request;
  ResponseHead response;
  std::string storage, upstream, downstream;
  Target target;
  TargetError error;
  for (auto _ : state) {
    request_parser.Reset();
    response_parser.Reset();
    upstream.clear();
    downstream.clear();
    request_parser.Parse(kRequest, &request);
    NormalizeTarget(request, &storage, &target, &error);
    UpstreamRequestOptions options;
    options.host = "127.0.0.1:9001";
    options.client_address = "127.0.0.1";
    options.request_id = "4bf92f3577b34da6a3ce929d0e0e4736";
    options.framing = Framing::kContentLength;
    options.content_length = 2;
    WriteRequestHead(request, target, options, &upstream);
    response_parser.Parse(kResponse, request.method, &response);
    AnswerOptions answer;
    answer.content_length = response.content_length;
    WriteResponseHead(response, answer, &downstream);
    benchmark::DoNotOptimize(downstream.data());
  }
}
BENCHMARK(BM_WholeCall);

void BM_ReadChunkedBody(benchmark::State& state) {
  std::string body;
  for (int i = 0; i < 64; ++i) {
    body += "400\r\n" + std::string(0x400, 'x') + "\r\n";
  }
  body += "0\r\n\r\n";
  for (auto _ : state) {
    BodyReader reader;
    reader.Start(Framing::kChunked, 0);
    std::string_view rest = body;
    while (!reader.complete()) rest.remove_prefix(reader.Read(rest).consumed);
  }
  state.SetBytesProcessed(static_cast<int64_t>(state.iterations()) *
                          static_cast<int64_t>(body.size()));
}
BENCHMARK(BM_ReadChunkedBody);

}  // namespace
}  // namespace headgate::http
