#include "service/storage/transaction.h"

#include <map>
#include <optional>
#include <random>
#include <string>
#include <tuple>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate::service {
namespace {

using ::testing::IsEmpty;

using Oracle =
    std::map<std::tuple<Table, std::string, std::string>, std::string>;

// A committed state that a test fills, and breaks.
class FakeView : public StoreView {
 public:
  absl::Status Get(Table table, std::string_view scope, std::string_view name,
                   std::optional<std::string>* value) override {
    if (!status.ok()) return status;
    const auto entry =
        entries.find({table, std::string(scope), std::string(name)});
    if (entry != entries.end()) *value = entry->second;
    return status;
  }
  absl::Status Scan(Table table, std::string_view scope, std::string_view after,
                    size_t limit, std::vector<Entry>* found) override {
    for (const auto& [key, value] : entries) {
      if (found->size() == limit) break;
      const auto& [of_table, of_scope, name] = key;
      if (of_table == table && of_scope == scope && name > after) {
        found->push_back({name, value});
      }
    }
    return status;
  }

  Oracle entries;
  absl::Status status;
};

TEST(TransactionTest, GoesBackToItsSavepoint) {
  FakeView view;
  view.entries[{Table::kUsers, "app", "stored"}] = "0";
  Transaction transaction(&view);
  transaction.Put(Table::kUsers, "app", "alice", "1");
  transaction.SetSavepoint();
  transaction.Put(Table::kUsers, "app", "alice", "2");
  transaction.Put(Table::kUsers, "app", "alice", "3");
  transaction.Put(Table::kUsers, "app", "bob", "2");
  transaction.Erase(Table::kUsers, "app", "bob");
  transaction.Erase(Table::kUsers, "app", "stored");
  transaction.RollBack();
  EXPECT_EQ(transaction.Get(Table::kUsers, "app", "alice"), "1");
  EXPECT_EQ(transaction.Get(Table::kUsers, "app", "bob"), std::nullopt);
  EXPECT_EQ(transaction.Get(Table::kUsers, "app", "stored"), "0");
  EXPECT_EQ(transaction.writes().size(), 1U);
}

TEST(TransactionTest, ForgetsTheDamageThatOneWorkFound) {
  FakeView view;
  Transaction transaction(&view);
  transaction.SetSavepoint();
  transaction.Fail(absl::DataLossError("broken"));
  EXPECT_EQ(transaction.status(), absl::DataLossError("broken"));
  EXPECT_EQ(transaction.store_status(), absl::OkStatus());
  transaction.SetSavepoint();
  EXPECT_EQ(transaction.status(), absl::OkStatus());
}

TEST(TransactionTest, RemembersAnErrorOfTheStore) {
  FakeView view;
  view.status = absl::InternalError("disk");
  Transaction transaction(&view);
  transaction.SetSavepoint();
  EXPECT_THAT(transaction.Scan(Table::kUsers, "app", "", 9), IsEmpty());
  EXPECT_EQ(transaction.store_status(), absl::InternalError("disk"));
  view.status = absl::OkStatus();
  transaction.SetSavepoint();
  EXPECT_EQ(transaction.status(), absl::InternalError("disk"));
}

TEST(TransactionTest, NotesTheReadsOfOneWorkOnly) {
  FakeView view;
  Transaction transaction(&view);
  std::vector<StorePart> parts;
  transaction.NoteReads(&parts);
  transaction.Get(Table::kUsers, "app", "alice");
  transaction.SetSavepoint();
  transaction.Get(Table::kUsers, "app", "bob");
  EXPECT_THAT(parts,
              ::testing::ElementsAre(PartOf(Table::kUsers, "app", "alice")));
}

// Works of random writes, half of them taken back, over a copied map.
TEST(TransactionTest, EqualsAMapThatIsCopiedAtEachSavepoint) {
  std::mt19937 random(1);
  const auto below = [&](size_t end) { return random() % end; };
  FakeView view;
  for (int i = 0; i < 8; ++i) {
    view.entries[{Table::kRooms, "b", StrCat(i)}] = "stored";
  }
  Transaction transaction(&view);
  Oracle oracle = view.entries;
  for (int work = 0; work < 2000; ++work) {
    const Oracle before = oracle;
    transaction.SetSavepoint();
    for (size_t writes = below(6); writes > 0; --writes) {
      const Table table = below(2) == 0 ? Table::kUsers : Table::kRooms;
      const std::string scope = below(2) == 0 ? "a" : "b";
      const std::string name = StrCat(below(12));
      if (below(3) == 0) {
        transaction.Erase(table, scope, name);
        oracle.erase({table, scope, name});
      } else {
        const std::string value = StrCat(work, "-", writes);
        transaction.Put(table, scope, name, value);
        oracle[{table, scope, name}] = value;
      }
    }
    if (below(2) == 0) {
      transaction.RollBack();
      oracle = before;
    }
    Oracle seen;
    for (const Table table : {Table::kUsers, Table::kRooms}) {
      for (const std::string scope : {"a", "b"}) {
        for (const Entry& entry : transaction.Scan(table, scope, "", 100)) {
          EXPECT_EQ(transaction.Get(table, scope, entry.name), entry.value);
          seen[{table, scope, entry.name}] = entry.value;
        }
      }
    }
    ASSERT_EQ(seen, oracle);
  }
}

}  // namespace
}  // namespace headgate::service
