#include "service/answer_cache.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate::service {
namespace {

class AnswerCacheTest : public testing::Test {
 protected:
  KeptAnswer Made(const std::string& key, const std::string& body,
                  std::vector<StorePart> parts = {}) {
    KeptAnswer kept = {.key = key, .number = changes_.completed()};
    kept.answer.body = body;
    kept.parts = std::move(parts);
    return kept;
  }
  // The body that is kept; "(none)".
  std::string Find(const std::string& key) {
    const auto found = cache_.Find(key);
    return found == nullptr ? "(none)" : found->answer.body;
  }
  void Change(const std::string& scope, const std::string& name) {
    Transaction transaction(nullptr);
    transaction.Put(Table::kUsers, scope, name, "");
    changes_.Begin(transaction.writes());
    changes_.Complete();
  }

  ChangeLog changes_;
  AnswerCache cache_{&changes_};
};

TEST_F(AnswerCacheTest, GivesWhatWasKeptUnderTheSameKey) {
  cache_.Keep(Made("a", "1"));
  EXPECT_EQ(Find("a"), "1");
  EXPECT_EQ(Find("a"), "1");
  EXPECT_EQ(Find("b"), "(none)");
  cache_.Keep(Made("a", "2"));
  EXPECT_EQ(Find("a"), "2");
}

TEST_F(AnswerCacheTest, ForgetsAnAnswerWhenAPartOfItHasChanged) {
  cache_.Keep(Made("ann", "1", {PartOf(Table::kUsers, "app", "ann")}));
  cache_.Keep(Made("bob", "1", {PartOf(Table::kUsers, "app", "bob")}));
  cache_.Keep(Made("all", "1", {PartOf(Table::kUsers, "app")}));
  cache_.Keep(Made("rooms", "1", {PartOf(Table::kRooms, "app", "ann")}));
  cache_.Keep(Made("others", "1", {PartOf(Table::kUsers, "other")}));
  Change("app", "ann");
  EXPECT_EQ(Find("ann"), "(none)");
  EXPECT_EQ(Find("all"), "(none)");
  EXPECT_EQ(Find("bob"), "1");
  EXPECT_EQ(Find("rooms"), "1");
  EXPECT_EQ(Find("others"), "1");
}

// What was read while a commit was on its way may be of either state.
TEST_F(AnswerCacheTest, DoesNotTrustWhatWasReadDuringACommit) {
  const StorePart part = PartOf(Table::kUsers, "app", "ann");
  Transaction transaction(nullptr);
  transaction.Put(Table::kUsers, "app", "ann", "");
  cache_.Keep(Made("before", "1", {part}));
  changes_.Begin(transaction.writes());
  cache_.Keep(Made("during", "1", {part}));
  EXPECT_EQ(Find("before"), "(none)");
  EXPECT_EQ(Find("during"), "(none)");
  cache_.Keep(Made("during", "1", {part}));
  changes_.Complete();
  EXPECT_EQ(Find("during"), "(none)");
  cache_.Keep(Made("after", "1", {part}));
  EXPECT_EQ(Find("after"), "1");
}

TEST_F(AnswerCacheTest, DropsWhatWasNotAskedForLongest) {
  // Of one shard's share, so that the newcomers push somebody out.
  const std::string body(AnswerCache::kAnswerBytesMax / 2, 'x');
  constexpr int kMany = AnswerCache::kBytesMax / AnswerCache::kAnswerBytesMax;
  cache_.Keep(Made("asked", body));
  cache_.Keep(Made("forgotten", body));
  for (int i = 0; i < 4 * kMany; ++i) {
    EXPECT_NE(Find("asked"), "(none)") << i;
    cache_.Keep(Made("new" + std::to_string(i), body));
  }
  EXPECT_EQ(Find("forgotten"), "(none)");
}

TEST_F(AnswerCacheTest, DoesNotKeepAnAnswerThatWouldPushOutTooMany) {
  cache_.Keep(Made("a", std::string(AnswerCache::kAnswerBytesMax + 1, 'x')));
  EXPECT_EQ(Find("a"), "(none)");
}

}  // namespace
}  // namespace headgate::service
