// Ids for requests that bring none: 128 random bits in hexadecimal, so that the
// ids of many machines and restarts never meet.
//
// Belongs to one thread.
#ifndef HEADGATE_PROXY_REQUEST_ID_H_
#define HEADGATE_PROXY_REQUEST_ID_H_

#include <string>

#include "absl/random/random.h"

namespace headgate::proxy {

class RequestIds {
 public:
  // Appends the 32 digits of a new id.
  void Append(std::string* out);

 private:
  absl::InsecureBitGen random_;  // ids are no secrets
};

}  // namespace headgate::proxy

#endif  // HEADGATE_PROXY_REQUEST_ID_H_
