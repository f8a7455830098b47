#include "proxy/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <set>
#include <sstream>
#include <thread>

#include "policy/policy.h"
#include "proxy/metrics_service.h"
#include "proxy/metrics_sources.h"
#include "tests/support/certificates.h"
#include "tests/support/fake_clock.h"

namespace headgate::proxy {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// A service with one operation, as a policy would hold them.
struct Named {
  explicit Named(std::string service_name, std::string operation_name,
                 int index = 0) {
    service.name = std::move(service_name);
    service.index = index;
    operation.name = std::move(operation_name);
    operation.index = index;
    operation.service = &service;
    decision.service = &service;
    decision.operation = &operation;
  }
  policy::CompiledService service;
  policy::CompiledOperation operation;
  policy::Decision decision;
};

ExchangeRecord RecordOf(const policy::Decision* decision, int status) {
  ExchangeRecord record;
  record.decision = decision;
  record.status = status;
  record.started.monotonic_us = 1000;
  record.ended.monotonic_us = 1300;
  record.bytes_in = 10;
  record.bytes_out = 20;
  return record;
}

class MetricsTest : public testing::Test {
 protected:
  test::FakeClock clock_;
  Metrics metrics_{clock_, "1.2.3"};
};

TEST_F(MetricsTest, AddsTheWorkersUp) {
  const Named named("agora-chat", "create_token");
  WorkerMetrics* one = metrics_.AddWorker();
  WorkerMetrics* two = metrics_.AddWorker();
  one->Count(RecordOf(&named.decision, 200));
  two->Count(RecordOf(&named.decision, 200));
  two->Count(RecordOf(&named.decision, 404));
  const std::string text = metrics_.Text();
  EXPECT_THAT(
      text,
      HasSubstr("# HELP headgate_exchanges_total Requests answered, by "
                "decision and status code.\n"
                "# TYPE headgate_exchanges_total counter\n"
                "headgate_exchanges_total{service=\"agora-chat\","
                "operation=\"create_token\",decision=\"allow\",code=\"200\"} 2"
                "\n"
                "headgate_exchanges_total{service=\"agora-chat\","
                "operation=\"create_token\",decision=\"allow\",code=\"404\"} 1"
                "\n"));
  EXPECT_THAT(text, HasSubstr("headgate_request_bytes_total{"
                              "service=\"agora-chat\"} 30\n"));
  EXPECT_THAT(text, HasSubstr("headgate_response_bytes_total{"
                              "service=\"agora-chat\"} 60\n"));
  EXPECT_THAT(text, HasSubstr("headgate_workers 2\n"));
}

TEST_F(MetricsTest, CountsRefusalsByReason) {
  Named named("agora-chat", "create_token");
  named.decision.outcome = policy::Decision::Outcome::kDeny;
  named.decision.refusal = policy::Refusal::kRate;
  metrics_.AddWorker()->Count(RecordOf(&named.decision, 429));
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("decision=\"deny\",code=\"429\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_refusals_total{service=\"agora-chat\","
                              "operation=\"create_token\",refusal=\"rate\"} 1"
                              "\n"));
}

TEST_F(MetricsTest, CountsWhatMatchedNoOperationOrNoService) {
  Named named("agora-chat", "create_token");
  named.decision.operation = nullptr;
  WorkerMetrics* worker = metrics_.AddWorker();
  worker->Count(RecordOf(&named.decision, 404));
  named.decision.service = nullptr;
  worker->Count(RecordOf(&named.decision, 404));
  worker->Count(RecordOf(nullptr, 0));
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("{service=\"agora-chat\",operation=\"(unmatched)"
                              "\",decision=\"allow\",code=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"(none)\",operation=\"(unmatched)\","
                              "decision=\"allow\",code=\"404\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"(none)\",operation=\"(unmatched)\","
                              "decision=\"deny\",code=\"none\"} 1\n"));
}

TEST_F(MetricsTest, CountersSurviveAReloadThatMovesTheIndices) {
  const Named before_a("agora-chat", "create_token", 0);
  const Named before_b("flipflop", "create", 1);
  const Named after_a("agora-chat", "create_token", 1);
  const Named after_b("flipflop", "create", 0);
  WorkerMetrics* worker = metrics_.AddWorker();
  for (const Named* named : {&before_a, &before_b, &after_b, &after_a,
                             &before_a, &after_a, &after_b}) {
    worker->Count(RecordOf(&named->decision, 200));
  }
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("{service=\"agora-chat\",operation="
                              "\"create_token\",decision=\"allow\","
                              "code=\"200\"} 4\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"flipflop\",operation=\"create\","
                              "decision=\"allow\",code=\"200\"} 3\n"));
}

TEST_F(MetricsTest, OperationsOfOneNameInTwoServicesAreTwo) {
  const Named one("one", "create", 0);
  const Named two("two", "create", 0);
  WorkerMetrics* worker = metrics_.AddWorker();
  worker->Count(RecordOf(&one.decision, 200));
  worker->Count(RecordOf(&two.decision, 200));
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("{service=\"one\",operation=\"create\","
                              "decision=\"allow\",code=\"200\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("{service=\"two\",operation=\"create\","
                              "decision=\"allow\",code=\"200\"} 1\n"));
}

TEST_F(MetricsTest, DurationsAreCumulativeHistogramsInSeconds) {
  const Named named("agora-chat", "create_token");
  WorkerMetrics* worker = metrics_.AddWorker();
  ExchangeRecord record = RecordOf(&named.decision, 200);  // 300 us
  record.upstream_started_us = 1050;
  record.upstream_ended_us = 1150;  // exactly 100 us: within its bound
  worker->Count(record);
  record.ended.monotonic_us = 60'001'000;  // a minute: above all bounds
  worker->Count(record);
  const std::string text = metrics_.Text();
  const std::string name = "headgate_exchange_duration_seconds";
  EXPECT_THAT(text, HasSubstr(name + "_count{service=\"agora-chat\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("le=\"0.00025\"} 0\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket{service=\"agora-chat\","
                                     "le=\"0.0005\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket{service=\"agora-chat\","
                                     "le=\"10\"} 1\n"));
  EXPECT_THAT(text, HasSubstr(name + "_bucket{service=\"agora-chat\","
                                     "le=\"+Inf\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_duration_seconds_bucket{"
                              "service=\"agora-chat\",le=\"0.0001\"} 2\n"));
}

TEST_F(MetricsTest, CountsMappedAnswersShadowDenialsAndDelays) {
  Named named("agora-chat", "create_token");
  named.decision.limited = true;
  named.decision.rate.would_deny = true;
  named.decision.rate.candidate_denies = true;
  named.decision.rate.delay_us = 250'000;
  ExchangeRecord record = RecordOf(&named.decision, 502);
  record.mapped = "upstream_connect";
  record.aborted = true;
  metrics_.AddWorker()->Count(record);
  const std::string text = metrics_.Text();
  const std::string labels =
      "{service=\"agora-chat\",operation=\"create_token\"} ";
  EXPECT_THAT(text, HasSubstr("headgate_shadow_denials_total" + labels + "1"));
  EXPECT_THAT(text,
              HasSubstr("headgate_candidate_denials_total" + labels + "1"));
  EXPECT_THAT(text, HasSubstr("headgate_delayed_total" + labels + "1"));
  EXPECT_THAT(text,
              HasSubstr("headgate_delay_seconds_total" + labels + "0.25"));
  EXPECT_THAT(text, HasSubstr("headgate_mapped_answers_total{service="
                              "\"agora-chat\",reason=\"upstream_connect\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("headgate_aborted_total{service=\"agora-chat\"} 1"));
}

TEST_F(MetricsTest, TooManyReasonsShareOne) {
  const Named named("agora-chat", "create_token");
  WorkerMetrics* worker = metrics_.AddWorker();
  ExchangeRecord record = RecordOf(&named.decision, 502);
  for (size_t i = 0; i < 2 * ServiceCells::kReasonsMax; ++i) {
    const std::string reason = StrCat("reason", i);
    record.mapped = reason;
    worker->Count(record);
  }
  const std::string expected =
      StrCat("reason=\"other\"} ", ServiceCells::kReasonsMax + 1, "\n");
  EXPECT_THAT(metrics_.Text(), HasSubstr(expected));
}

TEST_F(MetricsTest, GaugesFallWhenWhatTheyCountEnds) {
  WorkerMetrics* worker = metrics_.AddWorker();
  {
    InProgress open(&worker->connections_open);
    InProgress moved = std::move(open);
    EXPECT_THAT(metrics_.Text(), HasSubstr("headgate_connections_open 1\n"));
  }
  worker->connections_accepted.Add();
  worker->ConnectionClosed(CloseCause::kIdleTimeout);
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("headgate_connections_open 0\n"));
  EXPECT_THAT(text, HasSubstr("headgate_connections_accepted_total 1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_connections_closed_total{"
                              "cause=\"idle_timeout\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_connections_closed_total{"
                              "cause=\"error\"} 0\n"));
}

std::shared_ptr<UpstreamStats> StatsOf(std::string server) {
  auto stats = std::make_shared<UpstreamStats>();
  stats->servers.emplace_back(std::move(server));
  return stats;
}

TEST_F(MetricsTest, AddsUpstreamsUpOverWorkersAndReloads) {
  const std::string labels =
      "{service=\"agora-chat\",server=\"http://127.0.0.1:9001\"} ";
  auto old = StatsOf("http://127.0.0.1:9001");
  auto current = StatsOf("http://127.0.0.1:9001");
  metrics_.AddUpstream("agora-chat", old);
  metrics_.AddUpstream("agora-chat", current);
  old->servers[0].requests.Add(3);
  old->servers[0].in_flight.Add(1);
  current->servers[0].requests.Add(4);
  current->servers[0].failures(policy::Refusal::kUpstreamTimeout).Add(2);
  std::string text = metrics_.Text();
  EXPECT_THAT(text,
              HasSubstr("headgate_upstream_requests_total" + labels + "7\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_workers_up" + labels + "2\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_in_flight" + labels + "1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_failures_total{service="
                              "\"agora-chat\",server=\"http://127.0.0.1:9001\","
                              "kind=\"timeout\"} 2\n"));

  // The worker has let go of it: what was counted stays, what is now does not.
  old.reset();
  text = metrics_.Text();
  EXPECT_THAT(text,
              HasSubstr("headgate_upstream_requests_total" + labels + "7\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_workers_up" + labels + "1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_upstream_in_flight" + labels + "0\n"));
}

TEST_F(MetricsTest, TellsTheBuildTheGenerationAndTheReloads) {
  metrics_.CountReload(true, 1);
  clock_.Advance(absl::Seconds(5));
  metrics_.CountReload(true, 2);
  metrics_.CountReload(false, 0);
  const std::string text = metrics_.Text();
  EXPECT_THAT(text, HasSubstr("headgate_build_info{version=\"1.2.3\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("headgate_policy_generation 2\n"));
  EXPECT_THAT(text, HasSubstr("headgate_policy_loaded_timestamp_seconds "
                              "1767225605\n"));
  EXPECT_THAT(text, HasSubstr("# HELP headgate_reloads_total Loads of the "
                              "config file, the first one too.\n"
                              "# TYPE headgate_reloads_total counter\n"
                              "headgate_reloads_total{outcome=\"ok\"} 2\n"
                              "headgate_reloads_total{outcome=\"failed\"} 1"
                              "\n"));
}

TEST_F(MetricsTest, EscapesLabels) {
  const Named named("a\"b\\c\nd", "x");
  metrics_.AddWorker()->Count(RecordOf(&named.decision, 200));
  EXPECT_THAT(metrics_.Text(), HasSubstr("service=\"a\\\"b\\\\c\\nd\""));
}

TEST_F(MetricsTest, MayBeScrapedWhileWorkersCount) {
  const Named named("agora-chat", "create_token");
  WorkerMetrics* worker = metrics_.AddWorker();
  std::thread counting([&] {
    for (int i = 0; i < 2000; ++i) {
      ExchangeRecord record = RecordOf(&named.decision, 200 + i % 300);
      const std::string reason = StrCat("reason", i % 30);
      record.mapped = reason;
      worker->Count(record);
    }
  });
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(metrics_.Text().empty());
  counting.join();
  EXPECT_THAT(metrics_.Text(),
              HasSubstr("headgate_exchange_duration_seconds_count{"
                        "service=\"agora-chat\"} 2000\n"));
}

TEST(StatusSlotTest, RareStatusesCountAsTheirClass) {
  EXPECT_EQ(StatusSlotName(StatusSlot(0)), "none");
  EXPECT_EQ(StatusSlotName(StatusSlot(200)), "200");
  EXPECT_EQ(StatusSlotName(StatusSlot(505)), "505");
  EXPECT_EQ(StatusSlotName(StatusSlot(101)), "1xx");
  EXPECT_EQ(StatusSlotName(StatusSlot(418)), "4xx");
  EXPECT_EQ(StatusSlotName(StatusSlot(599)), "5xx");
  for (int status : {-1, 1, 99, 600, 1000000}) {
    EXPECT_EQ(StatusSlotName(StatusSlot(status)), "none") << status;
  }
}

TEST(CloseCauseTest, EveryCauseHasItsName) {
  std::set<std::string_view> names;
  for (int i = 0; i < kCloseCauses; ++i) {
    names.insert(CloseCauseName(static_cast<CloseCause>(i)));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kCloseCauses));
  EXPECT_FALSE(names.contains(""));
}

// Every family that can appear, with all that the server registers.
TEST_F(MetricsTest, TheManualListsEveryMetric) {
  std::ifstream file(HEADGATE_SOURCE_DIR "/docs/metrics.md");
  std::stringstream manual;
  manual << file.rdbuf();
  const policy::Limiter limiter(policy::Limiter::Options{});
  auto log = AccessLog::Open({.path = "off"});
  ASSERT_TRUE(log.ok());
  WatchLimiter(limiter, &metrics_);
  WatchAccessLog(**log, &metrics_);
  const test::TestCertificates certificates;
  config::Tls files;
  files.certificate = certificates.server();
  files.key = certificates.server_key();
  const auto tls = TlsContext::Load(files);
  ASSERT_TRUE(tls.ok()) << tls.status();
  WatchTls("0.0.0.0:8443", **tls, clock_, &metrics_);
  for (const prometheus::MetricFamily& family : metrics_.Collect()) {
    EXPECT_THAT(manual.str(), HasSubstr("`" + family.name + "`"));
    EXPECT_FALSE(family.help.empty()) << family.name;
    EXPECT_EQ(family.type == prometheus::MetricType::Counter,
              family.name.ends_with("_total"))
        << family.name;
  }
}

}  // namespace
}  // namespace headgate::proxy
