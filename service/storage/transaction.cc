#include "service/storage/transaction.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/hash/hash.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

using KeyView = EntryKey<std::string_view>;
using WriteIterator = Transaction::Writes::const_iterator;

// The store's entries with a transaction's writes laid over them.
std::vector<Entry> Merge(std::vector<Entry> stored, WriteIterator write,
                         WriteIterator end) {
  std::vector<Entry> merged;
  auto entry = stored.begin();
  while (entry != stored.end() || write != end) {
    const bool written = write != end && (entry == stored.end() ||
                                          write->first.name <= entry->name);
    if (!written) {
      merged.push_back(std::move(*entry++));
      continue;
    }
    if (entry != stored.end() && entry->name == write->first.name) ++entry;
    if (write->second) merged.push_back({write->first.name, *write->second});
    ++write;
  }
  return merged;
}

}  // namespace

StorePart PartOf(Table table, std::string_view scope, std::string_view name) {
  return absl::HashOf(table, ToAbsl(scope), ToAbsl(name));
}

// No entry has an empty name.
StorePart PartOf(Table table, std::string_view scope) {
  return PartOf(table, scope, "");
}

std::optional<std::string> Transaction::Get(Table table, std::string_view scope,
                                            std::string_view name) {
  if (!status_.ok()) return std::nullopt;
  if (parts_ != nullptr) parts_->push_back(PartOf(table, scope, name));
  const auto write = writes_.find(KeyView{table, scope, name});
  if (write != writes_.end()) return write->second;
  std::optional<std::string> value;
  FailStore(view_->Get(table, scope, name, &value));
  if (!status_.ok()) return std::nullopt;
  return value;
}

std::vector<Entry> Transaction::Scan(Table table, std::string_view scope,
                                     std::string_view after, size_t limit) {
  if (parts_ != nullptr) parts_->push_back(PartOf(table, scope));
  const auto written_after = [&](std::string_view name) {
    return writes_.upper_bound(KeyView{table, scope, name});
  };
  const auto end =
      std::find_if(written_after(after), writes_.end(), [&](const auto& write) {
        return write.first.table != table || write.first.scope != scope;
      });
  std::vector<Entry> entries;
  std::string from(after);
  // Erased entries may leave a page short: then the next one is asked for.
  while (status_.ok() && entries.size() < limit) {
    const size_t wanted = limit - entries.size();
    std::vector<Entry> page;
    FailStore(view_->Scan(table, scope, from, wanted, &page));
    const bool last = page.size() < wanted;
    const auto begin = written_after(from);
    if (!last) from = page.back().name;
    const auto until = last ? end : written_after(from);
    std::ranges::move(Merge(std::move(page), begin, until),
                      std::back_inserter(entries));
    if (last) break;
  }
  if (!status_.ok()) return {};
  if (entries.size() > limit) entries.resize(limit);
  return entries;
}

void Transaction::Put(Table table, std::string_view scope,
                      std::string_view name, std::string_view value) {
  Write(table, scope, name, std::string(value));
}

void Transaction::Erase(Table table, std::string_view scope,
                        std::string_view name) {
  Write(table, scope, name, std::nullopt);
}

void Transaction::Write(Table table, std::string_view scope,
                        std::string_view name,
                        std::optional<std::string> value) {
  const KeyView key{table, scope, name};
  auto write = writes_.lower_bound(key);
  if (write == writes_.end() || EntryKeyLess()(key, write->first)) {
    write = writes_.emplace_hint(
        write,
        EntryKey<std::string>{table, std::string(scope), std::string(name)},
        std::move(value));
    undo_.push_back({write, false, std::nullopt});
    return;
  }
  undo_.push_back(
      {write, true, std::exchange(write->second, std::move(value))});
}

void Transaction::SetSavepoint() {
  undo_.clear();
  status_ = store_status_;
  parts_ = nullptr;
}

void Transaction::RollBack() {
  for (; !undo_.empty(); undo_.pop_back()) {
    Undo& undo = undo_.back();
    if (undo.was_written) {
      undo.write->second = std::move(undo.value);
    } else {
      writes_.erase(undo.write);
    }
  }
}

void Transaction::FailStore(const absl::Status& status) {
  store_status_.Update(status);
  Fail(status);
}

}  // namespace headgate::service
