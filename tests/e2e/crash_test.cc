// kill -9 in a loop under load: no answered write is lost, no batch is half
// done, every start succeeds.
//
// Eight clients register users, three in a call. When a random number of calls
// has been answered the process is killed and started again on its file; then
// every user of an answered call must be there, and of each call that was not
// answered all three or none. HEADGATE_CRASHES=1000 makes it a long run.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/headgate_process.h"
#include "tests/support/raw_client.h"
#include "tests/support/temp_dir.h"

namespace headgate::test {
namespace {

constexpr int kClients = 8;
constexpr int kUsersOfCall = 3;

int CrashCount() {
  const char* const count = std::getenv("HEADGATE_CRASHES");
  return count != nullptr ? std::stoi(count) : 25;
}

std::string UserName(const std::string& call, int user) {
  return StrCat(call, "u", user);
}

// What one client has seen of one life of the process.
struct Seen {
  std::vector<std::string> answered;  // names of calls
  std::string open;                   // the one that no answer came to
  std::string wrong;                  // an answer that is not 200
};

class CrashTest : public ::testing::Test {
 protected:
  void Start() {
    headgate_ = std::make_unique<HeadgateProcess>(
        StrCat("listeners: [{address: \"127.0.0.1:0\"}]\n"
               "storage: \"sqlite:",
               dir_.File("headgate.db"),
               "\"\n"
               "services:\n"
               "  agora-chat:\n"
               "    limits: {default: 1000000/s, create_token: 1000000/s,\n"
               "             create_users: 1000000/s}\n"
               "    apps: [{org_name: acme, app_name: chat,\n"
               "            client_id: id, client_secret: secret}]\n"));
    ASSERT_TRUE(headgate_->started()) << headgate_->err();
  }

  std::string Request(std::string_view method_and_path,
                      const std::string& body = "") const {
    std::string request =
        StrCat(method_and_path, " HTTP/1.1\r\nHost: gateway\r\n", token_);
    if (!body.empty()) {
      StrAppend(&request, "Content-Type: application/json\r\nContent-Length: ",
                body.size(), "\r\n");
    }
    return StrCat(request, "\r\n", body);
  }
  void GetToken() {
    const Message answer = headgate_->Call(
        Request("POST /acme/chat/token",
                R"({"grant_type":"client_credentials","client_id":"id",)"
                R"("client_secret":"secret"})"),
        "POST");
    const std::string key = "\"access_token\":\"";
    const size_t begin = answer.body.find(key);
    ASSERT_NE(begin, std::string::npos) << answer;
    const std::string rest = answer.body.substr(begin + key.size());
    token_ = StrCat("Authorization: Bearer ", rest.substr(0, rest.find('"')),
                    "\r\n");
  }

  // Until the process is gone.
  void Register(const std::string& prefix, Seen* seen) {
    RawClient client(headgate_->address());
    for (int i = 0; client.connected(); ++i) {
      const std::string call = StrCat(prefix, "n", i);
      std::string users;
      for (int user = 0; user < kUsersOfCall; ++user) {
        StrAppend(&users, user == 0 ? "[" : ",", "{\"username\":\"",
                  UserName(call, user), "\"}");
      }
      seen->open = call;
      client.Send(Request("POST /acme/chat/users", StrCat(users, "]")));
      const Message answer = client.ReadAnswer("POST");
      if (!answer.ok()) return;
      if (answer.status != 200) {
        seen->wrong = answer.wire;
        return;
      }
      seen->answered.push_back(call);
      ++answered_;
    }
  }

  // One life: load, and a kill in the middle of it.
  std::vector<Seen> LiveAndDie(int life) {
    const int64_t goal = answered_ + 1 + static_cast<int64_t>(random_() % 200);
    std::vector<Seen> seen(kClients);
    std::vector<std::jthread> clients;
    for (int i = 0; i < kClients; ++i) {
      clients.emplace_back([this, life, i, &seen] {
        Register(StrCat("l", life, "c", i), &seen[static_cast<size_t>(i)]);
      });
    }
    const Deadline deadline = {};
    while (answered_ < goal && !deadline.passed()) std::this_thread::yield();
    headgate_->process().Kill(SIGKILL);
    clients.clear();
    headgate_->WaitExit();
    return seen;
  }

  // How many users of the call are there.
  int Count(RawClient* client, const std::string& call) const {
    int count = 0;
    for (int user = 0; user < kUsersOfCall; ++user) {
      const Message answer = client->Call(
          Request(StrCat("GET /acme/chat/users/", UserName(call, user))));
      EXPECT_TRUE(answer.status == 200 || answer.status == 404) << answer;
      count += answer.status == 200;
    }
    return count;
  }

  void Check(const std::vector<Seen>& life) {
    RawClient client(headgate_->address());
    ASSERT_TRUE(client.connected());
    for (const Seen& seen : life) {
      EXPECT_EQ(seen.wrong, "");
      for (const std::string& call : seen.answered) {
        lost_ += Count(&client, call) != kUsersOfCall;
      }
      const int open = Count(&client, seen.open);
      half_done_ += open != 0 && open != kUsersOfCall;
    }
  }

  TempDir dir_;
  std::unique_ptr<HeadgateProcess> headgate_;
  std::string token_;
  std::mt19937 random_{5};
  std::atomic<int64_t> answered_ = 0;
  int64_t lost_ = 0;
  int64_t half_done_ = 0;
};

TEST_F(CrashTest, LosesNoAnsweredWrite) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(GetToken());
  const int crashes = CrashCount();
  for (int life = 0; life < crashes; ++life) {
    const std::vector<Seen> seen = LiveAndDie(life);
    ASSERT_NO_FATAL_FAILURE(Start()) << "after kill " << life;
    ASSERT_NO_FATAL_FAILURE(Check(seen));
    ASSERT_EQ(lost_, 0) << "after kill " << life;
    ASSERT_EQ(half_done_, 0) << "after kill " << life;
  }
  std::printf("%d kills, %ld writes answered, %ld lost, %ld half done\n",
              crashes, static_cast<long>(answered_), static_cast<long>(lost_),
              static_cast<long>(half_done_));
  EXPECT_GT(answered_, crashes);
}

}  // namespace
}  // namespace headgate::test
