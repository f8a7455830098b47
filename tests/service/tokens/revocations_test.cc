#include "service/tokens/revocations.h"

#include <functional>
#include <memory>
#include <string>

#include "base/strings.h"
#include "gtest/gtest.h"
#include "service/storage/store.h"

namespace headgate::service {
namespace {

constexpr int64_t kNowMs = 1767225600123;
constexpr int64_t kNowS = kNowMs / 1000;

class RevocationsTest : public testing::Test {
 protected:
  RevocationsTest() : store_(*Store::Open("memory")) {}

  void Write(const std::function<void(Transaction*)>& work) {
    store_->Write(
        [&](Transaction& transaction) {
          work(&transaction);
          return true;
        },
        [](const absl::Status& status) { EXPECT_TRUE(status.ok()); });
  }
  size_t Stored(std::string_view scope) {
    size_t count = 0;
    store_->Read(
        [&](Transaction& transaction) {
          count =
              transaction.Scan(Table::kRevocations, scope, "", 10000).size();
          return false;
        },
        [](const absl::Status& status) { EXPECT_TRUE(status.ok()); });
    return count;
  }

  std::unique_ptr<Store> store_;
  Revocations revocations_;
};

TEST_F(RevocationsTest, ATokenIsRevokedByItsId) {
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
  revocations_.EnforceToken("a", kNowS + 60);
  EXPECT_TRUE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("b", "app", "alice", kNowMs));
}

TEST_F(RevocationsTest, TheRevisionTellsThatSomethingWasRevoked) {
  const uint64_t none = revocations_.revision();
  EXPECT_EQ(revocations_.revision(), none);
  revocations_.EnforceToken("a", kNowS + 60);
  const uint64_t token = revocations_.revision();
  EXPECT_NE(token, none);
  revocations_.EnforceSubject("app", "alice", kNowMs, kNowS + 60);
  EXPECT_NE(revocations_.revision(), token);
}

TEST_F(RevocationsTest, ASubjectIsRevokedUpToAMillisecond) {
  revocations_.EnforceSubject("app", "alice", kNowMs, kNowS + 60);
  EXPECT_TRUE(revocations_.IsRevoked("a", "app", "alice", kNowMs - 1));
  EXPECT_TRUE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "alice", kNowMs + 1));
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "bob", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("a", "other", "alice", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "", kNowMs));
  // An older one that comes late changes nothing.
  revocations_.EnforceSubject("app", "alice", kNowMs - 50, kNowS + 60);
  EXPECT_TRUE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
}

TEST_F(RevocationsTest, TheAppsOwnTokensAreThoseOfNobody) {
  revocations_.EnforceSubject("app", "", kNowMs, kNowS + 60);
  EXPECT_TRUE(revocations_.IsRevoked("a", "app", "", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
}

TEST_F(RevocationsTest, WhatIsOnlyWrittenIsNotInForceYet) {
  Write([](Transaction* transaction) {
    Revocations::PutToken(transaction, "a", kNowS + 60);
  });
  EXPECT_FALSE(revocations_.IsRevoked("a", "app", "alice", kNowMs));
}

TEST_F(RevocationsTest, ARestartRemembersThem) {
  Write([](Transaction* transaction) {
    Revocations::PutToken(transaction, "a", kNowS + 60);
    Revocations::PutSubject(transaction, "acme#chat", "alice", kNowMs,
                            kNowS + 60);
    Revocations::PutSubject(transaction, "acme#chat", "", kNowMs - 5,
                            kNowS + 60);
    for (int i = 0; i < 2500; ++i) {
      Revocations::PutToken(transaction, StrCat("more", i), kNowS + 60);
    }
  });
  ASSERT_TRUE(revocations_.Load(store_.get()).ok());
  EXPECT_EQ(revocations_.Size(), 2503u);
  EXPECT_TRUE(revocations_.IsRevoked("a", "", "", kNowMs));
  EXPECT_TRUE(revocations_.IsRevoked("more2499", "", "", kNowMs));
  EXPECT_TRUE(revocations_.IsRevoked("x", "acme#chat", "alice", kNowMs));
  EXPECT_FALSE(revocations_.IsRevoked("x", "acme#chat", "alice", kNowMs + 1));
  EXPECT_TRUE(revocations_.IsRevoked("x", "acme#chat", "", kNowMs - 5));
  EXPECT_FALSE(revocations_.IsRevoked("x", "acme#chat", "", kNowMs));
}

TEST_F(RevocationsTest, WhatHasExpiredIsForgotten) {
  constexpr int kTokens = 5000;
  for (int i = 0; i < kTokens; ++i) {
    const std::string id = StrCat("t", i);
    const int64_t now_s = kNowS + i;
    Write([&](Transaction* transaction) {
      Revocations::PutToken(transaction, id, now_s + 10, now_s);
      Revocations::PutSubject(transaction, "app", id, now_s * 1000, now_s + 10);
    });
    revocations_.EnforceToken(id, now_s + 10, now_s);
    revocations_.EnforceSubject("app", id, now_s * 1000, now_s + 10);
    EXPECT_TRUE(revocations_.IsRevoked(id, "", "", 0));
  }
  EXPECT_LE(Stored("tokens"), 12u);
  EXPECT_LE(Stored("subjects"), 12u);
  EXPECT_LE(revocations_.Size(), 2048u);
}

TEST_F(RevocationsTest, WhatIsNotOursIsLeftAlone) {
  Write([](Transaction* transaction) {
    for (const char* name : {"", "x", "000000000001", "00000000000x/a"}) {
      transaction->Put(Table::kRevocations, "tokens", name, "");
      transaction->Put(Table::kRevocations, "subjects", name, "1");
    }
    transaction->Put(Table::kRevocations, "subjects", "001767225600/no line",
                     "1");
    transaction->Put(Table::kRevocations, "subjects", "001767225600/a\nb",
                     "no number");
  });
  EXPECT_TRUE(revocations_.Load(store_.get()).ok());
  EXPECT_EQ(revocations_.Size(), 0u);
}

}  // namespace
}  // namespace headgate::service
