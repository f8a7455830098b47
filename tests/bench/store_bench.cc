// Durable membership writes per second through the store, beside SQLite alone
// that writes the same rows in the same batches: the target is 0.7 of it.
//
// A membership is what adding a member of a room writes: its place in the
// room's ordered list, and the room among the member's own. 64 callers each
// wait for their answer before they write again, so that a batch is 64 of them.
// SQLite alone gets its rows ready made: 128 new ones, and the leaf, the counts
// and the head of the list, once each; then it commits, with synchronous=FULL.
#include <sqlite3.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <semaphore>
#include <string>

#include "base/strings.h"
#include "benchmark/benchmark.h"
#include "service/ordered_list.h"
#include "service/storage/store.h"

namespace headgate::service {
namespace {

constexpr int kCallers = 64;

// A new folder beside the build, removed at the end: the disk counts.
class Folder {
 public:
  Folder() {
    std::string name = "store_bench-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) std::abort();
    path_ = name;
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string File() const { return StrCat(path_, "/store.db"); }

 private:
  std::string path_;
};

std::string UserName(int64_t number) { return StrCat("user", number); }
std::string JoinedScope(int64_t number) {
  return StrCat("agora-chat/acme#chat/users/", UserName(number), "/rooms");
}

// 64 callers in a circle: each answer begins the next write.
class Callers {
 public:
  Callers(Store* store, int64_t writes) : store_(store), writes_(writes) {}

  void Run() {
    for (int i = 0; i < kCallers; ++i) Next();
    for (int i = 0; i < kCallers; ++i) finished_.acquire();
  }

 private:
  void Next() {
    const int64_t number = begun_++;
    if (number >= writes_) return finished_.release();
    store_->Write(
        [number](Transaction& transaction) {
          OrderedList(&transaction, "agora-chat/acme#chat/rooms/1/members")
              .Add(UserName(number));
          transaction.Put(Table::kJoined, JoinedScope(number), "1", "");
          return true;
        },
        [this](const absl::Status& status) {
          if (!status.ok()) std::abort();
          Next();
        });
  }

  Store* store_;
  const int64_t writes_;
  std::atomic<int64_t> begun_ = 0;
  std::counting_semaphore<> finished_{0};
};

void MembershipWrites(benchmark::State& state) {
  const int64_t writes = state.range(0);
  for (auto _ : state) {
    state.PauseTiming();
    const Folder folder;
    auto store = *Store::Open(StrCat("sqlite:", folder.File()));
    state.ResumeTiming();
    Callers(store.get(), writes).Run();
    state.PauseTiming();
    store = nullptr;
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * writes);
}
BENCHMARK(MembershipWrites)->Arg(6400)->UseRealTime();

class Plain {
 public:
  explicit Plain(const std::string& path) {
    sqlite3_open(path.c_str(), &connection_);
    Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL");
    for (size_t i = 0; i < kNames.size(); ++i) {
      const std::string table(kNames[i]);
      Execute("CREATE TABLE " + table +
              " (scope TEXT NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
              " PRIMARY KEY (scope, name)) STRICT, WITHOUT ROWID");
      const std::string sql = "REPLACE INTO " + table + " VALUES (?1, ?2, ?3)";
      sqlite3_prepare_v2(connection_, sql.c_str(), -1, &put_[i], nullptr);
    }
  }
  ~Plain() {
    for (sqlite3_stmt* statement : put_) sqlite3_finalize(statement);
    sqlite3_close(connection_);
  }
  Plain(const Plain&) = delete;
  Plain& operator=(const Plain&) = delete;

  void Execute(const char* sql) {
    if (sqlite3_exec(connection_, sql, nullptr, nullptr, nullptr) !=
        SQLITE_OK) {
      std::abort();
    }
  }
  void Execute(const std::string& sql) { Execute(sql.c_str()); }
  void Put(size_t table, std::string_view scope, std::string_view name,
           std::string_view value) {
    int index = 0;
    for (std::string_view text : {scope, name, value}) {
      sqlite3_bind_text(put_[table], ++index, text.data(),
                        static_cast<int>(text.size()), SQLITE_STATIC);
    }
    if (sqlite3_step(put_[table]) != SQLITE_DONE) std::abort();
    sqlite3_reset(put_[table]);
  }

 private:
  static constexpr std::array<std::string_view, 4> kNames = {
      "joined", "list_items", "list_leaves", "list_counts"};
  sqlite3* connection_ = nullptr;
  std::array<sqlite3_stmt*, 4> put_{};
};

void PlainBatch(Plain* plain, int64_t first, std::string* leaf) {
  const std::string_view scope = "agora-chat/acme#chat/rooms/1/members";
  plain->Execute("BEGIN IMMEDIATE");
  for (int64_t number = first; number < first + kCallers; ++number) {
    plain->Put(0, JoinedScope(number), "1", "");
    plain->Put(1, scope, UserName(number), StrCat(number));
    StrAppend(leaf, UserName(number), "\n");
  }
  plain->Put(2, scope, StrCat(first / 128), *leaf);
  plain->Put(3, scope, "1/0", std::string(400, '1'));
  plain->Put(3, scope, "head", StrCat(first, " ", first));
  plain->Execute("COMMIT");
  if (first % 128 != 0) leaf->clear();
}

void SqliteAlone(benchmark::State& state) {
  const int64_t writes = state.range(0);
  for (auto _ : state) {
    state.PauseTiming();
    const Folder folder;
    auto plain = std::make_unique<Plain>(folder.File());
    std::string leaf;
    state.ResumeTiming();
    for (int64_t first = 0; first < writes; first += kCallers) {
      PlainBatch(plain.get(), first, &leaf);
    }
    state.PauseTiming();
    plain = nullptr;
    state.ResumeTiming();
  }
  state.SetItemsProcessed(state.iterations() * writes);
}
BENCHMARK(SqliteAlone)->Arg(6400)->UseRealTime();

}  // namespace
}  // namespace headgate::service

BENCHMARK_MAIN();
