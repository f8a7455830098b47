#include "service/storage/sqlite_store.h"

#include <utility>

#include "base/strings.h"
#include "service/storage/database_file.h"
#include "service/storage/health_report.h"
#include "service/storage/schema.h"

namespace headgate::service {
namespace {

constexpr int kReaders = 2;
// Reads that share one state: few, so that none waits long for the others.
constexpr size_t kReadGroupMax = 32;

absl::Status SetUp(Database* database) {
  absl::Status status = CheckIdentity(database);
  if (!status.ok()) return status;
  status = CheckIntegrity(database, /*thorough=*/false);
  if (!status.ok()) return status;
  if (!database->IsReadOnly()) {
    const auto mode = database->QueryText("PRAGMA journal_mode=WAL");
    if (!mode.ok()) return mode.status();
    if (*mode != "wal") {
      return absl::FailedPreconditionError(
          "lies on a file system that cannot keep a write-ahead log (a network "
          "share?); choose a local disk");
    }
  }
  return Migrate(database);
}

}  // namespace

absl::StatusOr<std::unique_ptr<SqliteStore>> SqliteStore::Open(
    std::string_view path, const Options& options) {
  const auto file = PrepareFile(path);
  if (!file.ok()) return Explain(path, file.status());
  // The constructor is private.
  std::unique_ptr<SqliteStore> store(new SqliteStore);
  store->name_ = path;
  store->options_.vfs = options.vfs;
  store->warn_ = options.warn;
  const absl::Status status = store->OpenFile(*file);
  if (!status.ok()) return Explain(path, status);
  return store;
}

absl::Status SqliteStore::OpenFile(const std::string& file) {
  path_ = file;
  auto lock = ProcessLock::Take(file);
  if (!lock.ok() && !absl::IsPermissionDenied(lock.status())) {
    return lock.status();
  }
  // Where no lock can be made nobody can write, so nobody is kept away.
  options_.immutable = StandsStill(path_);
  options_.read_only = !lock.ok() || options_.immutable;
  if (lock.ok()) lock_ = *std::move(lock);
  auto writer = SqliteView::Open(path_, options_, /*reader=*/false);
  if (!writer.ok()) return writer.status();
  const absl::Status status = SetUp(&(*writer)->database());
  if (!status.ok()) return status;
  if ((*writer)->database().IsReadOnly() && warn_) {
    warn_(StrCat(name_, ": is read-only: writes are refused"));
  }
  std::vector<std::unique_ptr<SqliteView>> readers;
  for (int i = 0; i < kReaders; ++i) {
    auto reader = SqliteView::Open(path_, options_, /*reader=*/true);
    if (!reader.ok()) return reader.status();
    readers.push_back(*std::move(reader));
  }
  writer_ = std::make_unique<GroupWriter>(
      path_, options_, HealthReport(StrCat(name_, ": writes"), warn_),
      *std::move(writer), &changes_);
  Start(std::move(readers));
  return absl::OkStatus();
}

void SqliteStore::Start(std::vector<std::unique_ptr<SqliteView>> readers) {
  threads_.emplace_back([this] {
    while (true) {
      std::vector<Job> group = writes_.Take(GroupWriter::kGroupMax);
      if (group.empty()) return;
      writer_->Run(std::move(group));
    }
  });
  for (std::unique_ptr<SqliteView>& reader : readers) {
    threads_.emplace_back(&SqliteStore::RunReads, this, std::move(reader));
  }
}

SqliteStore::~SqliteStore() {
  reads_.Close();
  writes_.Close();
  for (std::thread& thread : threads_) thread.join();
}

void SqliteStore::Read(Work work, Done done) {
  reads_.Add({std::move(work), std::move(done), absl::OkStatus()});
}

void SqliteStore::Write(Work work, Done done) {
  writes_.Add({std::move(work), std::move(done), absl::OkStatus()});
}

void SqliteStore::RunReads(std::unique_ptr<SqliteView> view) {
  HealthReport health(StrCat(name_, ": reads"), warn_);
  while (true) {
    std::vector<Job> group = reads_.Take(kReadGroupMax);
    if (group.empty()) return;
    for (Job& job : group) {
      const absl::Status status = ReadOne(&view, &job);
      health.Report(status);
      if (!status.ok()) job.status = absl::UnavailableError(status.message());
    }
    if (view != nullptr) view->Rollback();
    for (Job& job : group) job.done(job.status);
  }
}

// The first one of a group begins the transaction, and the first one after an
// error.
absl::Status SqliteStore::ReadOne(std::unique_ptr<SqliteView>* view, Job* job) {
  if (*view == nullptr) {
    auto opened = SqliteView::Open(path_, options_, /*reader=*/true);
    if (!opened.ok()) return opened.status();
    *view = *std::move(opened);
  }
  absl::Status status;
  if (!(*view)->database().InTransaction()) status = (*view)->BeginRead();
  if (status.ok()) {
    Transaction transaction(view->get());
    job->work(transaction);
    job->status = transaction.status();
    status = transaction.store_status();
  }
  if (!status.ok()) view->reset();
  return status;
}

}  // namespace headgate::service
