// The list of members, in the order of their making, page by page. What is
// asked counts as in Spring, whose shape this is: pages from 0, 20 on a page;
// more than kSizeMax on a page are that many.
#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "base/json_writer.h"
#include "base/percent.h"
#include "base/strings.h"
#include "service/flipflop/members.h"
#include "service/flipflop/operations.h"

namespace headgate::service::flipflop {
namespace {

constexpr int64_t kSizeDefault = 20;
constexpr int64_t kSizeMax = 1000;

// A query parameter that the policy has checked: an integer, given once.
int64_t QueryInteger(const Call& call, std::string_view name,
                     int64_t otherwise) {
  std::string decoded;
  for (const std::string_view parameter : Split(call.query, '&')) {
    const size_t equals = parameter.find('=');
    if (equals == std::string_view::npos) continue;
    if (!FormDecode(parameter.substr(0, equals), &decoded)) continue;
    if (decoded != name) continue;
    if (!FormDecode(parameter.substr(equals + 1), &decoded)) continue;
    int64_t value = otherwise;
    const auto result =
        std::from_chars(decoded.data(), decoded.data() + decoded.size(), value);
    const bool too_large = result.ec == std::errc::result_out_of_range;
    return too_large ? std::numeric_limits<int64_t>::max() : value;
  }
  return otherwise;
}

struct Page {
  int64_t number = 0;
  int64_t size = kSizeDefault;
  int64_t total = 0;  // members of all pages
  std::vector<Member> members;

  int64_t pages() const { return total / size + (total % size != 0 ? 1 : 0); }
};

Page ReadPage(const Call& call, Members* members) {
  Page page;
  page.number = QueryInteger(call, "page", 0);
  page.size = std::min(QueryInteger(call, "size", kSizeDefault), kSizeMax);
  page.total = members->Count();
  // A page behind the last is empty; its offset may not fit in 64 bits.
  if (page.number >= page.pages()) return page;
  page.members = members->Page(page.number * page.size, page.size);
  return page;
}

}  // namespace

void ListMembers(const Tools&, Call& call, Transaction& transaction) {
  Members members(call, &transaction);
  const Page page = ReadPage(call, &members);
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Key("content");
  writer.StartArray();
  for (const Member& member : page.members) {
    WriteMember(member, *call.app, &writer);
  }
  writer.EndArray();
  writer.Key("pageable");
  writer.StartObject();
  writer.Member("pageNumber", page.number);
  writer.Member("pageSize", page.size);
  writer.EndObject();
  writer.Member("totalPages", page.pages());
  writer.Member("totalElements", page.total);
  writer.Member("number", page.number);
  writer.Member("size", page.size);
  writer.Member("first", page.number == 0);
  writer.Member("last", page.number >= page.pages() - 1);
  writer.Member("empty", page.members.empty());
  writer.EndObject();
}

}  // namespace headgate::service::flipflop
