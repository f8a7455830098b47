#include "service/storage/group_writer.h"

#include <utility>

#include "base/strings.h"

namespace headgate::service {
namespace {

constexpr int64_t kCheckpointPages = 1000;
constexpr int64_t kLogPagesMax = 4000;

// Errors after which the same connection can be trusted.
bool IsPassing(const absl::Status& status) {
  return absl::IsResourceExhausted(status) || absl::IsAborted(status);
}

}  // namespace

GroupWriter::GroupWriter(std::string path, Database::Options options,
                         HealthReport health, std::unique_ptr<SqliteView> view,
                         ChangeLog* changes)
    : path_(std::move(path)),
      options_(std::move(options)),
      health_(std::move(health)),
      view_(std::move(view)),
      changes_(changes) {}

void GroupWriter::Run(std::vector<Job> group) {
  const absl::Status status = Commit(&group);
  health_.Report(status);
  for (Job& job : group) {
    job.done(status.ok() ? job.status
                         : absl::UnavailableError(status.message()));
  }
  if (status.ok()) BoundLog();
}

absl::Status GroupWriter::Commit(std::vector<Job>* group) {
  if (view_ == nullptr) {
    const absl::Status status = Reopen();
    if (!status.ok()) return status;
  }
  absl::Status status = view_->BeginWrite();
  if (status.ok()) status = WriteGroup(group);
  if (status.ok()) return status;
  view_->Rollback();
  if (!IsPassing(status)) view_.reset();
  return status;
}

absl::Status GroupWriter::WriteGroup(std::vector<Job>* group) {
  Transaction all(view_.get());
  for (Job& job : *group) {
    all.SetSavepoint();
    const bool keep = job.work(all);
    if (!all.store_status().ok()) return all.store_status();
    job.status = all.status();
    if (!keep || !job.status.ok()) all.RollBack();
  }
  changes_->Begin(all.writes());
  absl::Status status = view_->Apply(all.writes());
  if (status.ok()) status = view_->Commit();
  changes_->Complete();
  return status;
}

absl::Status GroupWriter::Reopen() {
  auto view = SqliteView::Open(path_, options_, /*reader=*/false);
  if (!view.ok()) return view.status();
  const absl::Status status = (*view)->database().Checkpoint(true);
  if (!status.ok()) return status;
  view_ = *std::move(view);
  copied_pages_ = 0;
  return status;
}

void GroupWriter::BoundLog() {
  const int64_t pages = view_->database().log_pages();
  if (pages < copied_pages_) copied_pages_ = 0;  // it has begun anew
  if (pages - copied_pages_ < kCheckpointPages) return;
  const bool truncate = pages >= kLogPagesMax;
  const absl::Status status = view_->database().Checkpoint(truncate);
  copied_pages_ = pages;
  // Nothing is lost by it: the log is kept, and the next one tries again. A
  // reader that stays long (a backup) is no fault.
  if (status.ok() || absl::IsAborted(status)) return;
  health_.Note("go on, but the log cannot be copied into the file", status);
}

}  // namespace headgate::service
