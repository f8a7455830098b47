#include "base/json_writer.h"
#include "service/private_services/operations.h"
#include "service/tokens/tokens.h"

namespace headgate::service::private_services {

void ListPasetoKeys(const Tools& tools, Call& call) {
  JsonWriter writer(&call.answer.body);
  writer.StartObject();
  writer.Member("issuer", tools.tokens.issuer());
  writer.Key("keys");
  writer.StartArray();
  for (const KeyRing::Published& key : tools.tokens.published()) {
    writer.StartObject();
    writer.Member("kid", key.id);
    writer.Member("paserk", key.paserk);
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
}

}  // namespace headgate::service::private_services
