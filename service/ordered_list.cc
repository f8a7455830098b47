#include "service/ordered_list.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/strings.h"

namespace headgate::service {
namespace {

// Places in a leaf, and parts of a node.
constexpr int64_t kParts = 128;
constexpr std::string_view kHead = "head";
// More than anybody adds; less than what the arithmetic here can bear.
constexpr int64_t kNumberMax = int64_t{1} << 55;

using Counts = std::array<int64_t, kParts>;

// Numbers with one space between them, as many as fit `numbers`; the rest stays
// as it is. False: something else stands there.
template <size_t kSize>
bool ReadNumbers(std::string_view text, std::array<int64_t, kSize>* numbers) {
  if (text.empty()) return true;
  size_t index = 0;
  for (std::string_view piece : Split(text, ' ')) {
    if (index == kSize) return false;
    const char* const end = piece.data() + piece.size();
    const auto read = std::from_chars(piece.data(), end, (*numbers)[index]);
    if (read.ec != std::errc() || read.ptr != end) return false;
    const int64_t number = (*numbers)[index++];
    if (number < 0 || number > kNumberMax) return false;
  }
  return true;
}

// Adds `difference` to the number at `index` of a text that ends with its last
// number over zero, and leaves the others as they are. False: damaged.
bool ChangeNumber(int64_t index, int64_t difference, std::string* text) {
  int64_t numbers = text->empty() ? 0 : 1 + std::ranges::count(*text, ' ');
  for (; numbers <= index; ++numbers) {
    text->append(text->empty() ? "0" : " 0");
  }
  size_t begin = 0;
  if (index == numbers - 1) {
    begin = text->rfind(' ') + 1;  // npos + 1 is the text's begin
  } else {
    for (; index > 0; --index) begin = text->find(' ', begin) + 1;
  }
  const size_t end = std::min(text->find(' ', begin), text->size());
  std::array<int64_t, 1> number{};
  const std::string_view old(text->data() + begin, end - begin);
  if (old.empty() || !ReadNumbers(old, &number)) return false;
  number[0] += difference;
  if (number[0] < 0) return false;
  text->replace(begin, end - begin, StrCat(number[0]));
  while (text->ends_with(" 0")) text->resize(text->size() - 2);
  if (*text == "0") text->clear();
  return true;
}

std::string NodeName(int level, int64_t node) {
  return StrCat(level, "/", node);
}

// How many levels of nodes stand over the places below `places`: one for the
// first 128 leaves.
int LevelsFor(int64_t places) {
  int levels = 1;
  for (int64_t covered = kParts * kParts; covered < places; covered *= kParts) {
    ++levels;
  }
  return levels;
}

// One look at the tree within one call of the list.
class Tree {
 public:
  Tree(Transaction* transaction, const std::string& scope)
      : transaction_(transaction), scope_(scope) {
    std::array<int64_t, 2> head = {1, 0};
    ReadRow(kHead, &head);
    next_place_ = head[0];
    count_ = head[1];
  }

  int64_t count() const { return count_; }

  int64_t Append(std::string_view name) {
    const int64_t place = next_place_++;
    // The tree grows at its top: what stood in it becomes the first part.
    const int levels = LevelsFor(next_place_);
    if (place > 1 && LevelsFor(place) < levels && count_ > 0) {
      transaction_->Put(Table::kListCounts, scope_, NodeName(levels, 0),
                        StrCat(count_));
    }
    const std::string leaf = StrCat(place / kParts);
    std::string names = ReadLeaf(leaf);
    StrAppend(&names, name, "\n");
    transaction_->Put(Table::kListLeaves, scope_, leaf, names);
    Change(place, 1);
    return place;
  }

  void Remove(std::string_view name, int64_t place) {
    const std::string leaf = StrCat(place / kParts);
    const std::string names = StrCat("\n", ReadLeaf(leaf));
    const size_t start = names.find(StrCat("\n", name, "\n"));
    if (start == std::string::npos) return Damaged(leaf);
    // Both are without the line feed that was put before.
    const std::string left =
        StrCat(names.substr(1, start), names.substr(start + name.size() + 2));
    PutOrErase(Table::kListLeaves, leaf, left);
    Change(place, -1);
  }

  std::vector<std::string> Page(int64_t offset, int64_t limit) {
    std::vector<std::string> names;
    offset = std::max<int64_t>(offset, 0);
    limit = std::min(limit, count_ - offset);
    if (limit <= 0) return names;
    Collect(LevelsFor(next_place_), 0, &offset, limit, &names);
    if (std::ssize(names) != limit) Damaged("head");
    return names;
  }

 private:
  void Damaged(std::string_view row) {
    transaction_->Fail(absl::DataLossError(
        StrCat("list ", scope_, ": \"", row, "\" is damaged")));
  }

  template <size_t kSize>
  void ReadRow(std::string_view name, std::array<int64_t, kSize>* numbers) {
    const auto row = transaction_->Get(Table::kListCounts, scope_, name);
    if (row && !ReadNumbers(*row, numbers)) Damaged(name);
  }

  std::string ReadLeaf(std::string_view leaf) {
    return transaction_->Get(Table::kListLeaves, scope_, leaf).value_or("");
  }

  Counts ReadNode(int level, int64_t node) {
    Counts counts{};
    ReadRow(NodeName(level, node), &counts);
    return counts;
  }

  void PutOrErase(Table table, std::string_view name, std::string_view value) {
    if (value.empty()) return transaction_->Erase(table, scope_, name);
    transaction_->Put(table, scope_, name, value);
  }

  // One name more or less at `place`. A list that got empty begins anew.
  void Change(int64_t place, int64_t difference) {
    int64_t part = place / kParts;
    for (int level = 1; level <= LevelsFor(next_place_); ++level) {
      const std::string node = NodeName(level, part / kParts);
      std::string counts =
          transaction_->Get(Table::kListCounts, scope_, node).value_or("");
      if (!ChangeNumber(part % kParts, difference, &counts)) {
        return Damaged(node);
      }
      PutOrErase(Table::kListCounts, node, counts);
      part /= kParts;
    }
    count_ += difference;
    PutOrErase(Table::kListCounts, kHead,
               count_ == 0 ? "" : StrCat(next_place_, " ", count_));
  }

  // Appends names until there are `limit`, without the first `*skip`.
  void Collect(int level, int64_t node, int64_t* skip, int64_t limit,
               std::vector<std::string>* names) {
    if (level == 0) return CollectLeaf(node, skip, limit, names);
    const Counts counts = ReadNode(level, node);
    for (int64_t part = 0; part < kParts; ++part) {
      const int64_t count = counts[static_cast<size_t>(part)];
      if (std::ssize(*names) == limit) return;
      if (*skip >= count) {
        *skip -= count;
        continue;
      }
      Collect(level - 1, node * kParts + part, skip, limit, names);
    }
  }

  void CollectLeaf(int64_t leaf, int64_t* skip, int64_t limit,
                   std::vector<std::string>* names) {
    std::string text = ReadLeaf(StrCat(leaf));
    if (text.empty()) return;
    text.pop_back();  // the last line feed ends a name, it does not begin one
    for (std::string_view name : Split(text, '\n')) {
      if (std::ssize(*names) == limit) return;
      if (*skip > 0) {
        --*skip;
        continue;
      }
      names->emplace_back(name);
    }
  }

  Transaction* transaction_;
  const std::string& scope_;
  int64_t next_place_ = 1;
  int64_t count_ = 0;
};

}  // namespace

OrderedList::OrderedList(Transaction* transaction, std::string scope)
    : transaction_(transaction), scope_(std::move(scope)) {}

bool OrderedList::Contains(std::string_view name) const {
  return transaction_->Has(Table::kListItems, scope_, name);
}

int64_t OrderedList::Count() const {
  return Tree(transaction_, scope_).count();
}

bool OrderedList::Add(std::string_view name) {
  if (Contains(name)) return false;
  const int64_t place = Tree(transaction_, scope_).Append(name);
  transaction_->Put(Table::kListItems, scope_, name, StrCat(place));
  return true;
}

bool OrderedList::Remove(std::string_view name) {
  const auto item = transaction_->Get(Table::kListItems, scope_, name);
  if (!item) return false;
  std::array<int64_t, 1> place{};
  if (!ReadNumbers(*item, &place)) place[0] = 0;
  Tree(transaction_, scope_).Remove(name, place[0]);
  transaction_->Erase(Table::kListItems, scope_, name);
  return true;
}

std::vector<std::string> OrderedList::Page(int64_t offset,
                                           int64_t limit) const {
  return Tree(transaction_, scope_).Page(offset, limit);
}

void OrderedList::Clear() {
  for (Table table :
       {Table::kListItems, Table::kListLeaves, Table::kListCounts}) {
    std::string after;
    while (true) {
      const std::vector<Entry> entries =
          transaction_->Scan(table, scope_, after, 1000);
      if (entries.empty()) break;
      for (const Entry& entry : entries) {
        transaction_->Erase(table, scope_, entry.name);
      }
      after = entries.back().name;
    }
  }
}

}  // namespace headgate::service
