// The functions behind the operations of private-services, by the file that
// holds them; the table is handlers.cc. Contract page "private-services".
//
// Tokens belong to the app whose API key asked for them: their audience is its
// name. Another app's key neither learns of them nor revokes them.
//
// REQUIRES: the call has an app, where its operation asks for an API key (the
// policy verifies keys of services without an upstream).
#ifndef HEADGATE_SERVICE_PRIVATE_SERVICES_OPERATIONS_H_
#define HEADGATE_SERVICE_PRIVATE_SERVICES_OPERATIONS_H_

#include "service/handler.h"

namespace headgate::service::private_services {

// create.cc: one token per argument, in their order.
void CreateChatMemberTokens(const Tools& tools, Call& call);
void CreateRoomMemberTokens(const Tools& tools, Call& call);

// revoke.cc: tokens of either kind. One that is not good now is passed over, as
// RFC 7009 2.2 asks: what the caller wants is so already.
bool RevokeTokens(const Tools& tools, Call& call, Transaction& transaction);

// introspect.cc: RFC 7662.
void IntrospectToken(const Tools& tools, Call& call);

// keys.cc: {"issuer":"headgate","keys":[{"kid":"k4.pid...",
// "paserk":"k4.public...."}]}, for all to read.
void ListPasetoKeys(const Tools& tools, Call& call);

}  // namespace headgate::service::private_services

#endif  // HEADGATE_SERVICE_PRIVATE_SERVICES_OPERATIONS_H_
