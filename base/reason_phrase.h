// Reason phrases of HTTP's status codes (RFC 9110 15, RFC 6585, RFC 8297): the
// one table of them, for status lines and for the titles of errors.
#ifndef HEADGATE_BASE_REASON_PHRASE_H_
#define HEADGATE_BASE_REASON_PHRASE_H_

#include <string_view>

namespace headgate {

// "OK" for 200; "Unknown" where the RFCs have no phrase. Static text.
std::string_view ReasonPhrase(int status);

}  // namespace headgate

#endif  // HEADGATE_BASE_REASON_PHRASE_H_
