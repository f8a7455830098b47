#include "service/tokens/revocations.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "service/storage/wait.h"

namespace headgate::service {
namespace {

constexpr std::string_view kTokens = "tokens";
constexpr std::string_view kSubjects = "subjects";
constexpr size_t kForgetWithEach = 4;
constexpr size_t kLoadPage = 1000;
constexpr size_t kSecondDigits = 12;

// "001763766000/NAME": in the order of time.
std::string EntryName(int64_t forget_s, std::string_view name) {
  return StrCat(absl::StrFormat("%012d/", std::max<int64_t>(forget_s, 0)),
                name);
}

bool ReadNumber(std::string_view text, int64_t* out) {
  return absl::SimpleAtoi(ToAbsl(text), out);
}

void ForgetInStore(Transaction* transaction, std::string_view scope,
                   int64_t now_s) {
  const std::string bound = EntryName(now_s, "");
  for (const Entry& entry :
       transaction->Scan(Table::kRevocations, scope, "", kForgetWithEach)) {
    if (entry.name >= bound) break;
    transaction->Erase(Table::kRevocations, scope, entry.name);
  }
}

std::vector<Entry> AllOf(Transaction* transaction, std::string_view scope) {
  std::vector<Entry> all;
  std::vector<Entry> page;
  do {
    page = transaction->Scan(Table::kRevocations, scope,
                             all.empty() ? "" : all.back().name, kLoadPage);
    for (Entry& entry : page) all.push_back(std::move(entry));
  } while (page.size() == kLoadPage);
  return all;
}

}  // namespace

absl::Status Revocations::Load(Store* store) {
  std::vector<Entry> tokens, subjects;
  const absl::Status result = ReadAndWait(store, [&](Transaction& transaction) {
    tokens = AllOf(&transaction, kTokens);
    subjects = AllOf(&transaction, kSubjects);
  });
  if (!result.ok()) return result;
  for (const Entry& entry : tokens) LoadEntry(kTokens, entry);
  for (const Entry& entry : subjects) LoadEntry(kSubjects, entry);
  return absl::OkStatus();
}

// What cannot be read was not written here; it is left alone.
void Revocations::LoadEntry(std::string_view scope, const Entry& entry) {
  const std::string_view name = entry.name;
  int64_t forget_s = 0;
  if (name.size() <= kSecondDigits || name[kSecondDigits] != '/' ||
      !ReadNumber(name.substr(0, kSecondDigits), &forget_s)) {
    return;
  }
  const std::string_view rest = name.substr(kSecondDigits + 1);
  if (scope == kTokens) return EnforceToken(rest, forget_s);
  const size_t line_feed = rest.find('\n');
  int64_t issued_until_ms = 0;
  if (line_feed == std::string_view::npos ||
      !ReadNumber(entry.value, &issued_until_ms)) {
    return;
  }
  EnforceSubject(rest.substr(0, line_feed), rest.substr(line_feed + 1),
                 issued_until_ms, forget_s);
}

bool Revocations::IsRevoked(std::string_view id, std::string_view audience,
                            std::string_view subject, int64_t issued_ms) const {
  absl::ReaderMutexLock lock(&mutex_);
  if (tokens_.contains(id)) return true;
  const auto app = subjects_.find(audience);
  if (app == subjects_.end()) return false;
  const auto found = app->second.find(subject);
  return found != app->second.end() &&
         issued_ms <= found->second.issued_until_ms;
}

void Revocations::PutToken(Transaction* transaction, std::string_view id,
                           int64_t expires_s, int64_t now_s) {
  ForgetInStore(transaction, kTokens, now_s);
  transaction->Put(Table::kRevocations, kTokens, EntryName(expires_s, id), "");
}

void Revocations::PutSubject(Transaction* transaction,
                             std::string_view audience,
                             std::string_view subject, int64_t now_ms,
                             int64_t forget_s) {
  ForgetInStore(transaction, kSubjects, now_ms / 1000);
  transaction->Put(Table::kRevocations, kSubjects,
                   EntryName(forget_s, StrCat(audience, "\n", subject)),
                   StrCat(now_ms));
}

void Revocations::EnforceToken(std::string_view id, int64_t expires_s,
                               int64_t now_s) {
  absl::MutexLock lock(&mutex_);
  Forget(now_s);
  tokens_[std::string(id)] = expires_s;
  revision_.fetch_add(1, std::memory_order_release);
}

void Revocations::EnforceSubject(std::string_view audience,
                                 std::string_view subject, int64_t now_ms,
                                 int64_t forget_s) {
  absl::MutexLock lock(&mutex_);
  Forget(now_ms / 1000);
  const auto [found, added] =
      subjects_[std::string(audience)].try_emplace(std::string(subject));
  if (added) ++subject_count_;
  // Two at once may come in any order: the later one counts.
  Subject& kept = found->second;
  kept.issued_until_ms = std::max(kept.issued_until_ms, now_ms);
  kept.forget_s = std::max(kept.forget_s, forget_s);
  revision_.fetch_add(1, std::memory_order_release);
}

void Revocations::Forget(int64_t now_s) {
  if (tokens_.size() + subject_count_ < forget_at_) return;
  absl::erase_if(tokens_,
                 [now_s](const auto& entry) { return entry.second < now_s; });
  subject_count_ = 0;
  for (auto& [audience, subjects] : subjects_) {
    absl::erase_if(subjects, [now_s](const auto& entry) {
      return entry.second.forget_s < now_s;
    });
    subject_count_ += subjects.size();
  }
  forget_at_ = std::max<size_t>(1024, 2 * (tokens_.size() + subject_count_));
}

size_t Revocations::Size() const {
  absl::ReaderMutexLock lock(&mutex_);
  return tokens_.size() + subject_count_;
}

}  // namespace headgate::service
