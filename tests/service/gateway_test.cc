#include "service/gateway.h"

#include <string>

#include "absl/types/span.h"
#include "service/agora_chat/handlers.h"
#include "service/flipflop/handlers.h"
#include "service/handler.h"
#include "service/private_services/handlers.h"
#include "tests/service/standalone.h"

namespace headgate::service {
namespace {

// A contract of the operator that lets in anybody: an operation for each
// handler, and no credentials.
std::string OpenContract(absl::Span<const Handler> handlers) {
  std::string text =
      "contract: open\n"
      "app_key: \"{app}\"\n"
      "credentials: none\n"
      "operations:\n";
  for (const Handler& handler : handlers) {
    StrAppend(&text, "  ", handler.name, ": {request: \"POST /{app}/",
              handler.name, "\", body: any}\n");
  }
  return text;
}

TEST(GatewayTest, HandlersRunForAListedAppOnly) {
  for (const absl::Span<const Handler> family :
       {AgoraChatHandlers(), FlipflopHandlers(), PrivateServicesHandlers()}) {
    Standalone service(
        "  open: {unlisted_apps: allow,\n"
        "    chat_server_url: \"wss://chat.example.com/ws\"}\n",
        nullptr, OpenContract(family));
    ASSERT_TRUE(service.ok());
    for (const Handler& handler : family) {
      const Reply reply =
          service.Send(StrCat("POST /anybody/", handler.name), "{}");
      if (handler.needs_app) {
        EXPECT_EQ(StrCat(reply.status, " ", reply.body),
                  "403 {\"title\":\"Forbidden\",\"status\":403,"
                  "\"code\":\"unknown_app\"}")
            << handler.name;
      } else {
        EXPECT_EQ(reply.status, 200) << handler.name;
      }
    }
  }
}

TEST(GatewayTest, OnlyPublicKeysBelongToNoApp) {
  std::string names;
  for (const absl::Span<const Handler> family :
       {AgoraChatHandlers(), FlipflopHandlers(), PrivateServicesHandlers()}) {
    for (const Handler& handler : family) {
      if (!handler.needs_app) StrAppend(&names, handler.name, "\n");
    }
  }
  EXPECT_EQ(names, "list_paseto_keys\n");
}

}  // namespace
}  // namespace headgate::service
