// What every store does, whatever keeps its entries: one suite over all of
// them, with a std::map as the oracle.
#include "service/storage/store.h"

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <thread>
#include <tuple>

#include "base/strings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/service/storage/blocking_store.h"
#include "tests/support/temp_dir.h"

namespace headgate::service {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class StoreTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    std::string storage = GetParam();
    if (storage != "memory") StrAppend(&storage, ":", dir_.File("store.db"));
    auto store = Store::Open(storage);
    ASSERT_EQ(store.status(), absl::OkStatus());
    owned_ = *std::move(store);
    store_ = std::make_unique<BlockingStore>(owned_.get());
  }

  std::vector<std::string> Names(std::string_view scope, std::string_view after,
                                 size_t limit) {
    std::vector<std::string> names;
    EXPECT_EQ(store_->Read([&](Transaction& transaction) {
      for (const Entry& entry :
           transaction.Scan(Table::kUsers, scope, after, limit)) {
        names.push_back(entry.name);
      }
      return false;
    }),
              absl::OkStatus());
    return names;
  }

  test::TempDir dir_;
  std::unique_ptr<Store> owned_;
  std::unique_ptr<BlockingStore> store_;
};

INSTANTIATE_TEST_SUITE_P(AllStores, StoreTest,
                         ::testing::Values("memory", "sqlite"),
                         [](const auto& kind) { return kind.param; });

TEST_P(StoreTest, KeepsWhatAWorkWantsKept) {
  EXPECT_EQ(store_->Put("alice", "1"), absl::OkStatus());
  EXPECT_EQ(store_->Put("alice", "2"), absl::OkStatus());
  EXPECT_EQ(store_->Get("alice"), "2");
  EXPECT_EQ(store_->Get("bob"), "(none)");
}

TEST_P(StoreTest, KeepsNothingOfAWorkThatRefuses) {
  EXPECT_EQ(store_->Put("alice", "1"), absl::OkStatus());
  EXPECT_EQ(store_->Write([](Transaction& transaction) {
    transaction.Put(Table::kUsers, "app", "alice", "2");
    transaction.Put(Table::kRooms, "app", "room", "2");
    transaction.Erase(Table::kUsers, "app", "alice");
    return false;
  }),
            absl::OkStatus());
  EXPECT_EQ(store_->Get("alice"), "1");
}

TEST_P(StoreTest, KeepsNothingThatAReadWrites) {
  EXPECT_EQ(store_->Read([](Transaction& transaction) {
    transaction.Put(Table::kUsers, "app", "alice", "1");
    EXPECT_EQ(transaction.Get(Table::kUsers, "app", "alice"), "1");
    return true;
  }),
            absl::OkStatus());
  EXPECT_EQ(store_->Get("alice"), "(none)");
}

TEST_P(StoreTest, KeepsNothingOfAWorkThatFoundDamage) {
  EXPECT_EQ(store_->Write([](Transaction& transaction) {
    transaction.Put(Table::kUsers, "app", "alice", "1");
    transaction.Fail(absl::DataLossError("broken"));
    EXPECT_EQ(transaction.Get(Table::kUsers, "app", "alice"), std::nullopt);
    EXPECT_THAT(transaction.Scan(Table::kUsers, "app", "", 9), IsEmpty());
    return true;
  }),
            absl::DataLossError("broken"));
  EXPECT_EQ(store_->Get("alice"), "(none)");
  EXPECT_EQ(store_->Put("bob", "1"), absl::OkStatus());
}

// An answer that was read before a kept write is stale when the write is done.
TEST_P(StoreTest, TellsWhichPartsAKeptWriteHasChanged) {
  const ChangeLog* changes = owned_->changes();
  ASSERT_NE(changes, nullptr);
  std::vector<StorePart> parts;
  const int64_t number = changes->completed();
  EXPECT_EQ(store_->Read([&](Transaction& transaction) {
    transaction.NoteReads(&parts);
    transaction.Get(Table::kUsers, "app", "alice");
    transaction.Scan(Table::kUsers, "app", "", 9);
    transaction.NoteReads(nullptr);
    transaction.Get(Table::kUsers, "app", "bob");
    return false;
  }),
            absl::OkStatus());
  EXPECT_THAT(parts, ElementsAre(PartOf(Table::kUsers, "app", "alice"),
                                 PartOf(Table::kUsers, "app")));
  const auto write = [&](bool keep) {
    EXPECT_EQ(store_->Write([keep](Transaction& transaction) {
      transaction.Put(Table::kUsers, "app", "alice", "1");
      return keep;
    }),
              absl::OkStatus());
  };
  write(false);
  EXPECT_TRUE(changes->IsUnchanged(parts, number));
  write(true);
  EXPECT_FALSE(changes->IsUnchanged({parts[0]}, number));
  EXPECT_FALSE(changes->IsUnchanged({parts[1]}, number));
  EXPECT_TRUE(changes->IsUnchanged(
      {PartOf(Table::kUsers, "app", "bob"), PartOf(Table::kUsers, "other")},
      number));
  EXPECT_TRUE(changes->IsUnchanged(parts, changes->completed()));
}

TEST_P(StoreTest, ShowsAWorkItsOwnWrites) {
  EXPECT_EQ(store_->Put("alice", "1"), absl::OkStatus());
  EXPECT_EQ(store_->Put("carol", "1"), absl::OkStatus());
  EXPECT_EQ(store_->Write([](Transaction& transaction) {
    transaction.Erase(Table::kUsers, "app", "alice");
    transaction.Put(Table::kUsers, "app", "bob", "2");
    transaction.Put(Table::kUsers, "app", "carol", "2");
    EXPECT_FALSE(transaction.Has(Table::kUsers, "app", "alice"));
    const auto entries = transaction.Scan(Table::kUsers, "app", "", 9);
    EXPECT_EQ(entries.size(), 2U);
    EXPECT_EQ(entries[0].name + entries[0].value, "bob2");
    EXPECT_EQ(entries[1].name + entries[1].value, "carol2");
    return true;
  }),
            absl::OkStatus());
  EXPECT_THAT(Names("app", "", 9), ElementsAre("bob", "carol"));
}

TEST_P(StoreTest, PagesThroughAScopeInTheOrderOfBytes) {
  for (const char* name : {"b", "a", "\xc3\xa9", "B", "ab"}) {
    EXPECT_EQ(store_->Put(name, ""), absl::OkStatus());
  }
  EXPECT_THAT(Names("app", "", 2), ElementsAre("B", "a"));
  EXPECT_THAT(Names("app", "a", 2), ElementsAre("ab", "b"));
  EXPECT_THAT(Names("app", "b", 2), ElementsAre("\xc3\xa9"));
  EXPECT_THAT(Names("app", "\xff", 2), IsEmpty());
  EXPECT_THAT(Names("app", "", 0), IsEmpty());
}

TEST_P(StoreTest, KeepsScopesAndTablesApart) {
  EXPECT_EQ(store_->Write([](Transaction& transaction) {
    transaction.Put(Table::kUsers, "app", "a", "1");
    transaction.Put(Table::kUsers, "app2", "b", "2");
    transaction.Put(Table::kUsers, "", "c", "3");
    transaction.Put(Table::kRooms, "app", "d", "4");
    return true;
  }),
            absl::OkStatus());
  EXPECT_THAT(Names("app", "", 9), ElementsAre("a"));
  EXPECT_THAT(Names("app2", "", 9), ElementsAre("b"));
  EXPECT_THAT(Names("", "", 9), ElementsAre("c"));
  EXPECT_THAT(Names("ap", "", 9), IsEmpty());
}

TEST_P(StoreTest, KeepsEveryTable) {
  EXPECT_EQ(store_->Write([](Transaction& transaction) {
    for (int table = 0; table < kTables; ++table) {
      transaction.Put(static_cast<Table>(table), "s", "n", StrCat(table));
    }
    return true;
  }),
            absl::OkStatus());
  EXPECT_EQ(store_->Read([](Transaction& transaction) {
    for (int table = 0; table < kTables; ++table) {
      EXPECT_EQ(transaction.Get(static_cast<Table>(table), "s", "n"),
                StrCat(table));
    }
    return false;
  }),
            absl::OkStatus());
}

TEST_P(StoreTest, KeepsAnyBytes) {
  const std::string bytes("a\0b\xff\n'\";--", 10);
  EXPECT_EQ(store_->Put(bytes, bytes), absl::OkStatus());
  EXPECT_EQ(store_->Get(bytes), bytes);
  EXPECT_EQ(store_->Get(std::string("a\0", 2)), "(none)");
  EXPECT_EQ(store_->Put("long", std::string(1 << 20, 'x')), absl::OkStatus());
  EXPECT_EQ(store_->Get("long").size(), size_t{1 << 20});
  EXPECT_EQ(store_->Put("empty", std::string_view()), absl::OkStatus());
  EXPECT_EQ(store_->Get("empty"), "");
}

TEST_P(StoreTest, MayBeCalledFromDone) {
  std::promise<std::string> value;
  owned_->Write(
      [](Transaction& transaction) {
        transaction.Put(Table::kUsers, "app", "alice", "1");
        return true;
      },
      [&](const absl::Status&) {
        auto found = std::make_shared<std::string>();
        owned_->Read(
            [found](Transaction& transaction) {
              *found = transaction.Get(Table::kUsers, "app", "alice").value();
              return false;
            },
            [&, found](const absl::Status&) { value.set_value(*found); });
      });
  EXPECT_EQ(value.get_future().get(), "1");
}

TEST_P(StoreTest, DoesWhatWaitsBeforeItIsDestroyed) {
  std::atomic<int> done = 0;
  for (int i = 0; i < 200; ++i) {
    owned_->Write([](Transaction&) { return true; },
                  [&](const absl::Status& status) { done += status.ok(); });
    owned_->Read([](Transaction&) { return false; },
                 [&](const absl::Status& status) { done += status.ok(); });
  }
  owned_ = nullptr;
  EXPECT_EQ(done, 400);
}

// The oracle: entries by (table, scope, name).
using Model =
    std::map<std::tuple<Table, std::string, std::string>, std::string>;

std::vector<std::string> ModelScan(const Model& model, Table table,
                                   const std::string& scope,
                                   const std::string& after, size_t limit) {
  std::vector<std::string> names;
  for (auto entry = model.upper_bound({table, scope, after});
       entry != model.end() && names.size() < limit; ++entry) {
    const auto& [entry_table, entry_scope, name] = entry->first;
    if (entry_table != table || entry_scope != scope) break;
    names.push_back(StrCat(name, "=", entry->second));
  }
  return names;
}

// One random step on both; they must answer alike.
void Step(std::mt19937* random, Transaction* transaction, Model* model) {
  const auto below = [&](uint32_t end) { return (*random)() % end; };
  const auto table = static_cast<Table>(below(2) * 4);
  const std::string scope(1, static_cast<char>('a' + below(3)));
  const std::string name = StrCat(below(30));
  switch (below(4)) {
    case 0:
      transaction->Put(table, scope, name, StrCat(below(1000)));
      (*model)[{table, scope, name}] = *transaction->Get(table, scope, name);
      break;
    case 1:
      transaction->Erase(table, scope, name);
      model->erase({table, scope, name});
      break;
    case 2: {
      const auto found = model->find({table, scope, name});
      ASSERT_EQ(transaction->Get(table, scope, name).value_or("(none)"),
                found == model->end() ? "(none)" : found->second);
      break;
    }
    default: {
      const std::string after = below(2) == 0 ? "" : name;
      const size_t limit = below(12);
      std::vector<std::string> names;
      for (const Entry& entry : transaction->Scan(table, scope, after, limit)) {
        names.push_back(StrCat(entry.name, "=", entry.value));
      }
      ASSERT_EQ(names, ModelScan(*model, table, scope, after, limit));
    }
  }
}

TEST_P(StoreTest, EqualsAMapUnderRandomTransactions) {
  std::mt19937 random(7);
  Model kept;
  for (int round = 0; round < 300; ++round) {
    Model model = kept;
    const bool keep = random() % 3 != 0;
    const uint32_t steps = random() % 20;
    ASSERT_EQ(store_->Write([&](Transaction& transaction) {
      for (uint32_t i = 0; i < steps; ++i) Step(&random, &transaction, &model);
      return keep;
    }),
              absl::OkStatus());
    if (keep) kept = model;
    model = kept;
    ASSERT_EQ(store_->Read([&](Transaction& transaction) {
      for (int i = 0; i < 5; ++i) Step(&random, &transaction, &model);
      return true;
    }),
              absl::OkStatus());
  }
}

// Without isolation two of them would read the same number, or a reader would
// see the sum of the accounts change.
TEST_P(StoreTest, RunsWritesOneAfterTheOtherAndReadsInOneState) {
  constexpr int kThreads = 4;
  constexpr int kTransfers = 250;
  ASSERT_EQ(store_->Put("a", "1000"), absl::OkStatus());
  ASSERT_EQ(store_->Put("b", "0"), absl::OkStatus());
  const auto number = [](Transaction& transaction, std::string_view name) {
    return std::stoi(transaction.Get(Table::kUsers, "app", name).value());
  };
  std::atomic<bool> stop = false;
  std::atomic<int> wrong_sums = 0;
  std::thread reader([&] {
    while (!stop) {
      EXPECT_EQ(store_->Read([&](Transaction& transaction) {
        wrong_sums +=
            number(transaction, "a") + number(transaction, "b") != 1000;
        return false;
      }),
                absl::OkStatus());
    }
  });
  std::vector<std::thread> writers;
  for (int thread = 0; thread < kThreads; ++thread) {
    writers.emplace_back([&] {
      for (int i = 0; i < kTransfers; ++i) {
        EXPECT_EQ(store_->Write([&](Transaction& transaction) {
          const int left = number(transaction, "a") - 1;
          transaction.Put(Table::kUsers, "app", "a", StrCat(left));
          transaction.Put(Table::kUsers, "app", "b", StrCat(1000 - left));
          return i % 5 != 0;  // a fifth of them refuse
        }),
                  absl::OkStatus());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  stop = true;
  reader.join();
  EXPECT_EQ(wrong_sums, 0);
  EXPECT_EQ(store_->Get("b"), StrCat(kThreads * kTransfers * 4 / 5));
}

TEST_P(StoreTest, ShowsEveryLaterReadWhatAWriterWasTold) {
  std::vector<std::thread> threads;
  std::atomic<int> stale = 0;
  for (int thread = 0; thread < 4; ++thread) {
    threads.emplace_back([&, thread] {
      const std::string name = StrCat("user", thread);
      for (int i = 0; i < 200; ++i) {
        EXPECT_EQ(store_->Put(name, StrCat(i)), absl::OkStatus());
        stale += store_->Get(name) != StrCat(i);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(stale, 0);
}

TEST(StoreOpenTest, RefusesAStorageThatItDoesNotKnow) {
  EXPECT_EQ(Store::Open("redis:localhost").status(),
            absl::InvalidArgumentError("storage \"redis:localhost\": expected "
                                       "memory or sqlite:PATH"));
  EXPECT_EQ(Store::Open("sqlite:").status(),
            absl::InvalidArgumentError(
                "storage \"sqlite:\": expected memory or sqlite:PATH"));
}

}  // namespace
}  // namespace headgate::service
