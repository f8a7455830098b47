// Answers that are kept: never anything but what the store would be asked for
// now. The oracle is the same service over a store that cannot tell what
// changes, so that nothing is kept.
#include <random>

#include "gtest/gtest.h"
#include "tests/service/agora_chat/chat.h"

namespace headgate::service {
namespace {

// Hides what its store says of changes, and counts what it is asked.
class ForgetfulStore : public Store {
 public:
  explicit ForgetfulStore(std::unique_ptr<Store> store)
      : store_(std::move(store)) {}
  void Read(Work work, Done done) override {
    store_->Read(std::move(work), std::move(done));
  }
  void Write(Work work, Done done) override {
    store_->Write(std::move(work), std::move(done));
  }

 private:
  std::unique_ptr<Store> store_;
};

// Counts what is read.
class CountingStore : public Store {
 public:
  CountingStore(std::unique_ptr<Store> store, int* reads)
      : store_(std::move(store)), reads_(reads) {}
  void Read(Work work, Done done) override {
    ++*reads_;
    store_->Read(std::move(work), std::move(done));
  }
  void Write(Work work, Done done) override {
    store_->Write(std::move(work), std::move(done));
  }
  const ChangeLog* changes() const override { return store_->changes(); }

 private:
  std::unique_ptr<Store> store_;
  int* reads_;
};

const std::vector<std::string> kUsers = {"amy",  "bob", "carl",
                                         "dora", "eve", "fred"};
const std::vector<std::string> kReads = {
    "GET /acme/chat/chatrooms/$/users",
    "GET /acme/chat/chatrooms/$/users?pagesize=2&pagenum=2",
    "GET /acme/chat/chatrooms/$/admin",
    "GET /acme/chat/chatrooms/$",
    "GET /acme/chat/chatrooms/1,$",
    "GET /acme/chat/chatrooms",
    "GET /acme/chat/chatrooms/super_admin",
    "GET /acme/chat/chatrooms/$/blocks/users",
    "GET /acme/chat/chatrooms/$/white/users",
    "GET /acme/chat/users/@",
    "GET /acme/chat/users/@/joined_chatrooms",
};
const std::vector<std::string> kWrites = {
    "POST /acme/chat/chatrooms/$/users/@",
    "DELETE /acme/chat/chatrooms/$/users/@",
    "DELETE /acme/chat/chatrooms/$/admin/@",
    "POST /acme/chat/chatrooms/$/blocks/users/@",
    "DELETE /acme/chat/chatrooms/$/blocks/users/@",
    "POST /acme/chat/chatrooms/$/white/users/@",
    "DELETE /acme/chat/chatrooms/$/white/users/@",
    "DELETE /acme/chat/users/@",
};

std::string WithUser(std::string line, const std::string& user) {
  const size_t at = line.find('@');
  return at == std::string::npos ? line : line.replace(at, 1, user);
}

class Script {
 public:
  explicit Script(uint32_t seed) : random_(seed) {}
  const std::string& OneOf(const std::vector<std::string>& all) {
    return all[std::uniform_int_distribution<size_t>(0,
                                                     all.size() - 1)(random_)];
  }
  bool OneIn(int many) {
    return std::uniform_int_distribution<int>(1, many)(random_) == 1;
  }

 private:
  std::mt19937 random_;
};

TEST(KeptAnswersTest, AreWhatTheStoreWouldSay) {
  Chat keeping;
  Chat forgetting("", [](std::unique_ptr<Store> store) {
    return std::make_unique<ForgetfulStore>(std::move(store));
  });
  for (Chat* chat : {&keeping, &forgetting}) {
    chat->Register(kUsers);
    chat->room = chat->MakeRoom({"amy", "bob"});
  }
  Script script(20261122);
  for (int i = 0; i < 4000; ++i) {
    std::string line, body;
    if (!script.OneIn(3)) {
      line = WithUser(script.OneOf(kReads), script.OneOf(kUsers));
    } else if (script.OneIn(6)) {
      line = "POST /acme/chat/users";
      body = "{\"username\":\"" + script.OneOf(kUsers) + "\"}";
    } else if (script.OneIn(6)) {
      line = "POST /acme/chat/chatrooms/$/admin";
      body = "{\"newadmin\":\"" + script.OneOf(kUsers) + "\"}";
    } else {
      line = WithUser(script.OneOf(kWrites), script.OneOf(kUsers));
    }
    ASSERT_EQ(keeping.Ask(line, body), forgetting.Ask(line, body))
        << "step " << i << ": " << line << " " << body;
  }
}

TEST(KeptAnswersTest, TheStoreIsNotAskedAgainUntilSomethingChanges) {
  int reads = 0;
  Chat chat("", [&reads](std::unique_ptr<Store> store) {
    return std::make_unique<CountingStore>(std::move(store), &reads);
  });
  chat.Register({"amy", "bob", "carl"});
  chat.room = chat.MakeRoom({"amy"});
  const std::string other = chat.MakeRoom({"bob"});
  const auto list = [&chat] {
    return chat.Ask("GET /acme/chat/chatrooms/$/users");
  };
  reads = 0;
  EXPECT_EQ(list(), R"(200 [{"owner":"amy"}])");
  EXPECT_EQ(list(), R"(200 [{"owner":"amy"}])");
  EXPECT_EQ(reads, 1);
  // In another room.
  chat.Ask("POST /acme/chat/chatrooms/" + other + "/users/carl");
  EXPECT_EQ(list(), R"(200 [{"owner":"amy"}])");
  EXPECT_EQ(reads, 1);
  chat.Ask("POST /acme/chat/chatrooms/$/users/carl");
  EXPECT_EQ(list(), R"(200 [{"owner":"amy"},{"member":"carl"}])");
  EXPECT_EQ(reads, 2);
}

// The wire leaves out the body; its length must be GET's all the same.
TEST(KeptAnswersTest, OfHeadAreThoseOfGet) {
  Chat chat;
  chat.Register({"amy"});
  chat.room = chat.MakeRoom({"amy"});
  const std::string target = "/acme/chat/chatrooms/" + chat.room + "/users";
  const Reply head = chat.Send("HEAD " + target);
  const Reply get = chat.Send("GET " + target);
  EXPECT_EQ(get.status, 200);
  EXPECT_EQ(At(get.body, "action"), "get");
  EXPECT_EQ(At(get.body, "data"), R"([{"owner":"amy"}])");
  EXPECT_EQ(head.status, get.status);
  EXPECT_EQ(head.content_type, get.content_type);
  EXPECT_EQ(head.body, get.body);
  // The one that is not kept.
  const std::string mutes = "/acme/chat/chatrooms/" + chat.room + "/mute";
  EXPECT_EQ(chat.Send("HEAD " + mutes).body, chat.Send("GET " + mutes).body);
}

// Who asks is a part of the question.
TEST(KeptAnswersTest, AreNotGivenToOneWhoMayNotSeeThem) {
  Chat chat;
  chat.Register({"amy", "bob"});
  chat.room = chat.MakeRoom({"amy", "bob"});
  const std::string line = "GET /acme/chat/chatrooms/$/blocks/users";
  EXPECT_EQ(chat.Ask(line), "200 []");
  chat.UseUser("bob");
  EXPECT_EQ(chat.Ask(line),
            "401 group_authorization: you have no permission to do this, group "
            "admin permission is required");
  chat.UseUser("amy");
  EXPECT_EQ(chat.Ask(line), "200 []");
}

}  // namespace
}  // namespace headgate::service
