#include "service/storage/transaction.h"

#include <algorithm>
#include <iterator>

#include "absl/hash/hash.h"
#include "base/strings.h"

namespace headgate::service {
namespace {

Transaction::Key KeyOf(Table table, std::string_view scope,
                       std::string_view name) {
  return {{table, std::string(scope)}, std::string(name)};
}

using WriteIterator = Transaction::Writes::const_iterator;

// The store's entries with a transaction's writes laid over them.
std::vector<Entry> Merge(std::vector<Entry> stored, WriteIterator write,
                         WriteIterator end) {
  std::vector<Entry> merged;
  auto entry = stored.begin();
  while (entry != stored.end() || write != end) {
    const bool written = write != end && (entry == stored.end() ||
                                          write->first.second <= entry->name);
    if (!written) {
      merged.push_back(std::move(*entry++));
      continue;
    }
    if (entry != stored.end() && entry->name == write->first.second) ++entry;
    if (write->second) merged.push_back({write->first.second, *write->second});
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
  const auto write = writes_.find(KeyOf(table, scope, name));
  if (write != writes_.end()) return write->second;
  std::optional<std::string> value;
  Fail(view_->Get(table, scope, name, &value));
  if (!status_.ok()) return std::nullopt;
  return value;
}

std::vector<Entry> Transaction::Scan(Table table, std::string_view scope,
                                     std::string_view after, size_t limit) {
  if (parts_ != nullptr) parts_->push_back(PartOf(table, scope));
  const auto end = std::find_if(writes_.upper_bound(KeyOf(table, scope, after)),
                                writes_.end(), [&](const auto& write) {
                                  return write.first.first.first != table ||
                                         write.first.first.second != scope;
                                });
  std::vector<Entry> entries;
  std::string from(after);
  // Erased entries may leave a page short: then the next one is asked for.
  while (status_.ok() && entries.size() < limit) {
    const size_t wanted = limit - entries.size();
    std::vector<Entry> page;
    Fail(view_->Scan(table, scope, from, wanted, &page));
    const bool last = page.size() < wanted;
    const auto begin = writes_.upper_bound(KeyOf(table, scope, from));
    if (!last) from = page.back().name;
    const auto until =
        last ? end : writes_.upper_bound(KeyOf(table, scope, from));
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
  writes_[KeyOf(table, scope, name)] = std::string(value);
}

void Transaction::Erase(Table table, std::string_view scope,
                        std::string_view name) {
  writes_[KeyOf(table, scope, name)] = std::nullopt;
}

void Transaction::Keep(Transaction inner) {
  writes_.merge(inner.writes_);
  // What is left has been written here before: the later value counts.
  for (auto& [key, value] : inner.writes_) writes_[key] = std::move(value);
}

absl::Status TransactionView::Get(Table table, std::string_view scope,
                                  std::string_view name,
                                  std::optional<std::string>* value) {
  *value = transaction_->Get(table, scope, name);
  return transaction_->status();
}

absl::Status TransactionView::Scan(Table table, std::string_view scope,
                                   std::string_view after, size_t limit,
                                   std::vector<Entry>* entries) {
  std::ranges::move(transaction_->Scan(table, scope, after, limit),
                    std::back_inserter(*entries));
  return transaction_->status();
}

}  // namespace headgate::service
