#include "service/storage/table.h"

#include <array>

namespace headgate::service {
namespace {

constexpr std::array<std::string_view, kTables> kNames = {
    "counters", "users",       "rooms",      "joined",      "mutes",
    "members",  "revocations", "list_items", "list_leaves", "list_counts"};

}  // namespace

std::string_view TableName(Table table) {
  return kNames[static_cast<size_t>(table)];
}

}  // namespace headgate::service
