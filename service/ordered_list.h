// An ordered list of unique names in a store: the members of a room, in the
// order of their joining. Whether a name is in it, adding, removing and
// counting cost the same however long it is, and so does any page of it, the
// last as the first: an offset is found by counts, not by walking.
//
// The idea is a counted radix tree over places. A name that is added gets the
// next place (1, 2, 3, ...), for ever. Leaf k holds the names of places
// 128k..128k+127; a node above holds, for each of its 128 parts, how many names
// are left in it. To find the nth name, walk down by the counts. Adding touches
// one leaf and one node per level: 16 384 places need one level, two million
// two.
//
//   kListItems   name -> place
//   kListLeaves  leaf number -> "alice\nbob\n", in the order of places
//   kListCounts  "1/17" (level, node) -> "128 127 3 ..."; "head" -> the next
//                place and the count
//
// Belongs to its transaction's thread. Names must not hold line feeds. The
// oracle of its tests is a plain vector.
#ifndef HEADGATE_SERVICE_ORDERED_LIST_H_
#define HEADGATE_SERVICE_ORDERED_LIST_H_

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "service/storage/transaction.h"

namespace headgate::service {

class OrderedList {
 public:
  // `transaction` must outlive the list; `scope` is the list's own.
  OrderedList(Transaction* transaction, std::string scope);

  bool Contains(std::string_view name) const;
  int64_t Count() const;
  // False: it is in the list already.
  bool Add(std::string_view name);
  // False: it is not in the list.
  bool Remove(std::string_view name);
  // Names offset..offset+limit-1, in the order of their adding.
  std::vector<std::string> Page(int64_t offset, int64_t limit) const;
  void Clear();

 private:
  Transaction* transaction_;
  std::string scope_;
};

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_ORDERED_LIST_H_
