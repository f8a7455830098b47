#include "service/ordered_list.h"

#include <algorithm>
#include <random>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "service/storage/memory_store.h"

namespace headgate::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class OrderedListTest : public ::testing::Test {
 protected:
  // Runs `work` on the list in a transaction of its own, and keeps it.
  template <typename Work>
  void Change(Work work) {
    absl::Status status;
    store_.Write(
        [&](Transaction& transaction) {
          OrderedList list(&transaction, "room");
          work(list);
          return true;
        },
        [&](absl::Status result) { status = std::move(result); });
    ASSERT_EQ(status, absl::OkStatus());
  }
  std::vector<Entry> Rows(Table table) {
    std::vector<Entry> rows;
    store_.Read(
        [&](Transaction& transaction) {
          rows = transaction.Scan(table, "room", "", 100);
          return false;
        },
        [](const absl::Status&) {});
    return rows;
  }
  absl::Status PageOfDamaged(Table table, std::string_view name,
                             std::string_view value) {
    absl::Status status;
    store_.Write(
        [&](Transaction& transaction) {
          OrderedList list(&transaction, "room");
          list.Add("alice");
          list.Add("bob");
          transaction.Put(table, "room", name, value);
          EXPECT_THAT(list.Page(0, 10).size(), ::testing::Le(2));
          return true;
        },
        [&](absl::Status result) { status = std::move(result); });
    return status;
  }

  MemoryStore store_;
};

TEST_F(OrderedListTest, KeepsTheOrderOfAdding) {
  Change([](OrderedList& list) {
    EXPECT_TRUE(list.Add("carol"));
    EXPECT_TRUE(list.Add("alice"));
    EXPECT_TRUE(list.Add("bob"));
    EXPECT_FALSE(list.Add("alice"));
    EXPECT_TRUE(list.Remove("alice"));
    EXPECT_FALSE(list.Remove("alice"));
    EXPECT_TRUE(list.Add("alice"));
  });
  Change([](OrderedList& list) {
    EXPECT_THAT(list.Page(0, 10), ElementsAre("carol", "bob", "alice"));
    EXPECT_THAT(list.Page(1, 1), ElementsAre("bob"));
    EXPECT_THAT(list.Page(3, 10), IsEmpty());
    EXPECT_THAT(list.Page(-5, 1), ElementsAre("carol"));
    EXPECT_THAT(list.Page(0, 0), IsEmpty());
    EXPECT_EQ(list.Count(), 3);
    EXPECT_TRUE(list.Contains("bob"));
    EXPECT_FALSE(list.Contains("bo"));
  });
}

TEST_F(OrderedListTest, DoesNotTakeANameForTheEndOfAnother) {
  Change([](OrderedList& list) {
    for (const char* name : {"bob", "ob", "b", "bobb"}) list.Add(name);
    EXPECT_TRUE(list.Remove("b"));
    EXPECT_TRUE(list.Remove("ob"));
    EXPECT_THAT(list.Page(0, 10), ElementsAre("bob", "bobb"));
  });
}

TEST_F(OrderedListTest, WritesWhatItsHeaderSays) {
  Change([](OrderedList& list) {
    list.Add("alice");
    list.Add("bob");
  });
  const auto row = [&](Table table, size_t index) {
    const std::vector<Entry> rows = Rows(table);
    return index < rows.size()
               ? StrCat(rows[index].name, ": ", rows[index].value)
               : "";
  };
  EXPECT_EQ(row(Table::kListItems, 0), "alice: 1");
  EXPECT_EQ(row(Table::kListItems, 1), "bob: 2");
  EXPECT_EQ(row(Table::kListLeaves, 0), "0: alice\nbob\n");
  EXPECT_EQ(row(Table::kListCounts, 0), "1/0: 2");
  EXPECT_EQ(row(Table::kListCounts, 1), "head: 3 2");
}

TEST_F(OrderedListTest, LeavesNothingWhenTheLastNameGoes) {
  Change([](OrderedList& list) {
    for (int i = 0; i < 17'000; ++i) list.Add(StrCat("user", i));
  });
  Change([](OrderedList& list) {
    for (int i = 0; i < 17'000; ++i) list.Remove(StrCat("user", i));
  });
  EXPECT_THAT(Rows(Table::kListItems), IsEmpty());
  EXPECT_THAT(Rows(Table::kListLeaves), IsEmpty());
  EXPECT_THAT(Rows(Table::kListCounts), IsEmpty());
}

TEST_F(OrderedListTest, ClearsAListOfAnyLength) {
  Change([](OrderedList& list) {
    for (int i = 0; i < 2'500; ++i) list.Add(StrCat("user", i));
  });
  Change([](OrderedList& list) { list.Clear(); });
  EXPECT_THAT(Rows(Table::kListItems), IsEmpty());
  EXPECT_THAT(Rows(Table::kListLeaves), IsEmpty());
  EXPECT_THAT(Rows(Table::kListCounts), IsEmpty());
}

// The same operations on a plain vector; removals win at times, so that the
// tree gets thin, and at other times it grows over its levels.
TEST_F(OrderedListTest, EqualsAPlainVector) {
  std::mt19937 random(1);
  std::vector<std::string> oracle;
  int64_t next = 0;
  const auto below = [&](size_t end) { return random() % end; };
  for (int round = 0; round < 40; ++round) {
    const bool grows = round % 4 != 3;
    Change([&](OrderedList& list) {
      for (int step = 0; step < 1500; ++step) {
        if (below(100) < (grows ? 85U : 20U) || oracle.empty()) {
          oracle.push_back(StrCat("user", next++));
          ASSERT_TRUE(list.Add(oracle.back()));
          continue;
        }
        const auto victim =
            oracle.begin() + static_cast<std::ptrdiff_t>(below(oracle.size()));
        ASSERT_TRUE(list.Remove(*victim));
        oracle.erase(victim);
      }
    });
    Change([&](OrderedList& list) {
      ASSERT_EQ(list.Count(), std::ssize(oracle));
      for (int i = 0; i < 20; ++i) {
        const size_t offset = below(oracle.size() + 5);
        const size_t limit = below(300);
        const size_t begin = std::min(offset, oracle.size());
        const size_t end = std::min(begin + limit, oracle.size());
        ASSERT_EQ(list.Page(static_cast<int64_t>(offset),
                            static_cast<int64_t>(limit)),
                  std::vector<std::string>(
                      oracle.begin() + static_cast<std::ptrdiff_t>(begin),
                      oracle.begin() + static_cast<std::ptrdiff_t>(end)));
      }
      ASSERT_EQ(list.Page(0, 1 << 30), oracle);
    });
  }
}

// What a transaction sees, and how many of its rows were asked for.
class CountingView : public StoreView {
 public:
  explicit CountingView(Transaction* transaction) : transaction_(transaction) {}
  absl::Status Get(Table table, std::string_view scope, std::string_view name,
                   std::optional<std::string>* value) override {
    ++rows;
    *value = transaction_->Get(table, scope, name);
    return transaction_->status();
  }
  absl::Status Scan(Table table, std::string_view scope, std::string_view after,
                    size_t limit, std::vector<Entry>* entries) override {
    *entries = transaction_->Scan(table, scope, after, limit);
    return transaction_->status();
  }

  int rows = 0;

 private:
  Transaction* transaction_;
};

TEST_F(OrderedListTest, ReadsNoMoreForTheLastPageThanForTheFirst) {
  Change([](OrderedList& list) {
    for (int i = 0; i < 20'000; ++i) list.Add(StrCat("user", i));
  });
  store_.Read(
      [&](Transaction& transaction) {
        CountingView counting(&transaction);
        Transaction counted(&counting);
        const OrderedList list(&counted, "room");
        const auto rows_for = [&](int64_t offset) {
          counting.rows = 0;
          EXPECT_EQ(list.Page(offset, 100).front(), StrCat("user", offset));
          return counting.rows;
        };
        EXPECT_LE(rows_for(0), 5);  // the head, two levels, two leaves
        EXPECT_LE(rows_for(10'000), 6);
        EXPECT_LE(rows_for(19'900), 6);
        return false;
      },
      [](const absl::Status&) {});
}

TEST_F(OrderedListTest, SaysThatARowIsDamagedInsteadOfAnsweringFromIt) {
  EXPECT_EQ(PageOfDamaged(Table::kListCounts, "1/0", "2 x"),
            absl::DataLossError("list room: \"1/0\" is damaged"));
  EXPECT_EQ(PageOfDamaged(Table::kListCounts, "1/0", "-1 3"),
            absl::DataLossError("list room: \"1/0\" is damaged"));
  EXPECT_EQ(PageOfDamaged(Table::kListCounts, "head", "9223372036854775807 2"),
            absl::DataLossError("list room: \"head\" is damaged"));
  EXPECT_EQ(PageOfDamaged(Table::kListCounts, "head", "3 2 1"),
            absl::DataLossError("list room: \"head\" is damaged"));
  EXPECT_EQ(PageOfDamaged(Table::kListCounts, "1/0", "0 2"),
            absl::DataLossError("list room: \"head\" is damaged"));
  EXPECT_THAT(Rows(Table::kListItems), IsEmpty());
}

TEST_F(OrderedListTest, SaysThatAListIsDamagedWhenANameIsNotWhereItStands) {
  const auto remove = [&](Table table, std::string_view name,
                          std::string_view value) {
    absl::Status status;
    store_.Write(
        [&](Transaction& transaction) {
          OrderedList list(&transaction, "room");
          list.Add("alice");
          transaction.Put(table, "room", name, value);
          list.Remove("alice");
          return true;
        },
        [&](absl::Status result) { status = std::move(result); });
    return status;
  };
  EXPECT_EQ(remove(Table::kListItems, "alice", "500"),
            absl::DataLossError("list room: \"3\" is damaged"));
  EXPECT_EQ(remove(Table::kListLeaves, "0", "bob\n"),
            absl::DataLossError("list room: \"0\" is damaged"));
  for (std::string_view counts :
       {"0 1", "x", "-1", " 1", "99999999999999999999"}) {
    EXPECT_EQ(remove(Table::kListCounts, "1/0", counts),
              absl::DataLossError("list room: \"1/0\" is damaged"))
        << counts;
  }
}

}  // namespace
}  // namespace headgate::service
