// Whose family a path belongs to though no operation matches it: the service
// with the most particular prefix that the path begins with. From the left, a
// literal segment beats a variable, and of two prefixes the longer one wins:
//
//   /v2/apps/me             flipflop
//   /{org_name}/{app_name}  agora-chat: everything else of two segments
//
// A contract without `prefixes` has the common beginning of its operations; if
// they have none, only being the sole service makes a path its own.
//
// Immutable once built; shared by all threads.
#ifndef HEADGATE_POLICY_FAMILY_H_
#define HEADGATE_POLICY_FAMILY_H_

#include <string_view>
#include <vector>

#include "config/contract.h"
#include "policy/router.h"

namespace headgate::policy {

class Families {
 public:
  // `service` is a number of the caller's.
  void Add(const config::Contract& contract, int service);
  // -1: nobody's. Any bytes may be asked.
  int Find(std::string_view path) const;

 private:
  struct Prefix {
    std::vector<TemplateSegment> segments;
    int service = 0;
  };
  std::vector<Prefix> prefixes_;  // the most particular ones first
};

}  // namespace headgate::policy

#endif  // HEADGATE_POLICY_FAMILY_H_
