// The handlers of agora-chat: tokens, users, chat rooms and their members, as
// the contract page "agora-chat" has them. Each part has its file; the table
// of all of them is handlers.cc.
#ifndef HEADGATE_SERVICE_AGORA_CHAT_HANDLERS_H_
#define HEADGATE_SERVICE_AGORA_CHAT_HANDLERS_H_

#include "absl/types/span.h"
#include "service/handler.h"

namespace headgate::service {

absl::Span<const Handler> AgoraChatHandlers();

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_AGORA_CHAT_HANDLERS_H_
