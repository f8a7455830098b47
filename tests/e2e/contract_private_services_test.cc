// The contract private-services: both Create operations and their neighbours,
// passed and refused, with every code of api/private_services.md.
#include <memory>
#include <string>
#include <vector>

#include "base/crypto.h"
#include "base/strings.h"
#include "gtest/gtest.h"
#include "tests/support/contract_sidecar.h"

namespace headgate::test {
namespace {

constexpr char kUuid[] = "0b7e4c4e-8a0f-4a39-9d5c-6a7f0c3b2d11";
constexpr char kUpperUuid[] = "0B7E4C4E-8A0F-4A39-9D5C-6A7F0C3B2D11";
constexpr char kTokens[] = R"({"tokens":["v4.local.AAAA"]})";

const std::vector<std::string> kChatPermissions = {
    "PermissionChat",        "PermissionChatBlock",
    "PermissionChatUnblock", "PermissionChatMute",
    "PermissionChatUnmute",  "PermissionChatMessageDelete",
    "PermissionChatKick",    "permissionChatSlowmodeBypass"};
const std::vector<std::string> kRoomPermissions = {
    "PermissionRoom", "PermissionRoomBlock", "PermissionRoomUnblock",
    "PermissionRoomKick"};

// One of the two services.
struct Service {
  std::string name, id, operation;
  std::string line() const {
    return StrCat("POST /", name, ".tokens.private.v1.Service/Create");
  }
};
const Service kChat = {"chat", "chat_id", "create_chat_member_token"};
const Service kRoom = {"room", "room_id", "create_room_member_token"};
const Service kServices[] = {kChat, kRoom};

SidecarOptions PrivateServices(const std::string& keys = "") {
  return {.service = "private-services",
          .authorization = "Bearer company-key",
          .keys = keys};
}

std::string Argument(const Service& service, const std::string& uuid,
                     const std::string& permissions,
                     const std::string& more = "") {
  return StrCat("{\"user_id\":\"", uuid, "\",\"", service.id, "\":\"", uuid,
                "\"", more, ",\"permissions\":[", permissions, "]}");
}

std::string Body(const std::vector<std::string>& arguments) {
  return StrCat("{\"arguments\":[", Join(arguments, ","), "]}");
}

Call Create(const Service& service, const std::string& body) {
  return {service.line(), body};
}

Answer Error(int status, const std::string& code, const std::string& message,
             const std::string& operation = "") {
  std::string quoted;
  for (const char c : message) quoted += c == '"' ? "\\\"" : std::string(1, c);
  return Json(status,
              StrCat(R"({"code":")", code, R"(","message":")", quoted, "\"}"),
              operation);
}

Answer Unauthenticated() {
  Answer answer =
      Error(401, "unauthenticated", "the API key is missing or not valid");
  answer.challenge = "Bearer realm=\"private-services\"";
  return answer;
}

class ContractPrivateServicesTest : public testing::Test {
 protected:
  void Start(const SidecarOptions& options = PrivateServices()) {
    sidecar_ = std::make_unique<Sidecar>(options);
    ASSERT_TRUE(sidecar_->started()) << sidecar_->headgate().err();
  }

  // `body` is what the upstream gets.
  void ExpectPasses(const Call& call, const std::string& operation,
                    const std::string& body, int status = 200,
                    const std::string& answer_body = kTokens) {
    SCOPED_TRACE(call.line + " " + call.body);
    sidecar_->upstream().Next(
        Reply::Text(status, "application/json", answer_body));
    const Message answer = sidecar_->Send(call);
    EXPECT_EQ(Describe(answer), Describe(Json(status, answer_body, operation)));
    EXPECT_EQ(sidecar_->upstream().last_request().message.wire,
              sidecar_->Forwarded(call, call.line, body));
  }

  void ExpectRefused(const Call& call, const Answer& expected) {
    SCOPED_TRACE(call.line + " " + call.body.substr(0, 200));
    const size_t before = sidecar_->upstream().received_bytes();
    EXPECT_EQ(Describe(sidecar_->Send(call)), Describe(expected));
    EXPECT_EQ(sidecar_->upstream().received_bytes(), before);
  }

  std::unique_ptr<Sidecar> sidecar_;
};

TEST_F(ContractPrivateServicesTest, TokensAreCreatedWithEveryPermission) {
  Start();
  for (const Service& service : kServices) {
    for (const std::string& permission : kChatPermissions) {
      const std::string body =
          Body({Argument(service, kUuid, "\"" + permission + "\"")});
      ExpectPasses(Create(service, body), service.operation, body);
    }
  }
  for (const std::string& permission : kRoomPermissions) {
    const std::string body =
        Body({Argument(kRoom, kUuid, "\"" + permission + "\"")});
    ExpectPasses(Create(kRoom, body), kRoom.operation, body);
  }
}

TEST_F(ContractPrivateServicesTest, UuidsAreForwardedInLowerCase) {
  Start();
  for (const Service& service : kServices) {
    const std::string metadata = R"(,"metadata":{"mcuStream":"true","K":"V"})";
    const std::string permissions = "\"PermissionChatMute\"";
    ExpectPasses(
        Create(service,
               Body({Argument(service, kUpperUuid, permissions, metadata),
                     Argument(service, kUuid, "")})),
        service.operation,
        Body({Argument(service, kUuid, permissions, metadata),
              Argument(service, kUuid, "")}));
  }
}

TEST_F(ContractPrivateServicesTest, AHundredArgumentsPass) {
  Start();
  for (const Service& service : kServices) {
    const std::string body =
        Body(std::vector<std::string>(100, Argument(service, kUuid, "")));
    ExpectPasses(Create(service, body), service.operation, body);
  }
}

TEST_F(ContractPrivateServicesTest, PermissionsAreNamedToTheLetter) {
  Start();
  const auto wrong = [this](const Service& service, const std::string& name) {
    const std::string good = Argument(service, kUuid, "\"PermissionChat\"");
    ExpectRefused(
        Create(service, Body({good, good, Argument(service, kUuid, name)})),
        Error(400, "invalid_argument",
              "arguments[2].permissions[0] is not a permission of this token",
              service.operation));
  };
  for (const Service& service : kServices) {
    for (const char* name :
         {"\"permissionchat\"", "\"PermissionChatSlowmodeBypass\"",
          "\"PermissionChat \"", "\"\"", "\"100\"", "7", "null", "{}",
          "\"PermissionChatban\""}) {
      wrong(service, name);
    }
  }
  // A chat token takes no room permissions.
  for (const std::string& name : kRoomPermissions) {
    wrong(kChat, "\"" + name + "\"");
  }
  ExpectRefused(
      Create(kChat, Body({Argument(kChat, kUuid, "\"PermissionChat\",\"x\"")})),
      Error(400, "invalid_argument",
            "arguments[0].permissions[1] is not a permission of this token",
            kChat.operation));
}

TEST_F(ContractPrivateServicesTest, FieldsAreNamedWhereTheyAreWrong) {
  struct Case {
    std::string body, message;
  };
  const std::string user = StrCat(R"("user_id":")", kUuid, "\"");
  const std::string chat = StrCat(R"("chat_id":")", kUuid, "\"");
  const std::string good = Argument(kChat, kUuid, "");
  const std::string none = R"("permissions":[])";
  const Case kCases[] = {
      {"{}", "arguments is missing"},
      {"[]", "arguments is missing"},
      {R"({"arguments":null})", "arguments is not valid"},
      {R"({"arguments":{}})", "arguments is not valid"},
      {R"({"arguments":[]})", "arguments is empty"},
      {R"({"arguments":[7]})", "arguments[0] is not valid"},
      {Body(std::vector<std::string>(101, good)),
       "arguments has more than 100 entries"},
      {Body({good, "{}"}), "arguments[1].user_id is missing"},
      {Body({StrCat("{", user, ",", none, "}")}),
       "arguments[0].chat_id is missing"},
      {Body({StrCat("{", user, ",", chat, "}")}),
       "arguments[0].permissions is missing"},
      {Body({StrCat("{", user, ",", chat, R"(,"permissions":"x"})")}),
       "arguments[0].permissions is not valid"},
      {Body({StrCat(R"({"user_id":7,)", chat, ",", none, "}")}),
       "arguments[0].user_id is not valid"},
      {Body({good, Argument(kChat, "0b7e4c4e8a0f4a399d5c6a7f0c3b2d11", "")}),
       "arguments[1].user_id is not a UUID"},
      {Body({Argument(kChat, StrCat("{", kUuid, "}"), "")}),
       "arguments[0].user_id is not a UUID"},
      {Body({Argument(kChat, "", "")}), "arguments[0].user_id is not a UUID"},
      {Body({StrCat("{", user, R"(,"chat_id":"x",)", none, "}")}),
       "arguments[0].chat_id is not a UUID"},
  };
  Start();
  for (const Case& c : kCases) {
    ExpectRefused(Create(kChat, c.body),
                  Error(400, "invalid_argument", c.message, kChat.operation));
  }
}

// {"k1":"v","k2":"v",...}
std::string Entries(int count) {
  std::vector<std::string> entries;
  for (int i = 1; i <= count; ++i) {
    entries.push_back(StrCat("\"k", i, "\":\"v\""));
  }
  return StrCat("{", Join(entries, ","), "}");
}

TEST_F(ContractPrivateServicesTest, MetadataIsASmallObjectOfStrings) {
  struct Case {
    std::string metadata, message;
  };
  const std::string at = "arguments[0].metadata";
  const std::string boolean = R"(.mcuStream is neither "true" nor "false")";
  const Case kCases[] = {
      {"[]", at + " is not valid"},
      {"\"x\"", at + " is not valid"},
      {R"({"k":7})", at + ".k is not valid"},
      {R"({"k":{}})", at + ".k is not valid"},
      {Entries(65), at + " has more than 64 entries"},
      {StrCat(R"({"k":")", std::string(4096, 'v'), "\"}"),
       at + " is not valid"},
      {R"({"mcuStream":"yes"})", at + boolean},
      {R"({"mcuStream":true})", at + boolean},
      {R"({"mcuStream":"True"})", at + boolean},
  };
  Start();
  for (const Service& service : kServices) {
    for (const Case& c : kCases) {
      ExpectRefused(
          Create(service, Body({Argument(service, kUuid, "",
                                         ",\"metadata\":" + c.metadata)})),
          Error(400, "invalid_argument", c.message, service.operation));
    }
    for (const std::string& metadata : std::vector<std::string>{
             "{}", Entries(64), R"({"mcuStream":"true"})",
             R"({"mcuStream":"false"})",
             StrCat(R"({"k":")", std::string(4095, 'v'), "\"}")}) {
      const std::string body =
          Body({Argument(service, kUuid, "", ",\"metadata\":" + metadata)});
      ExpectPasses(Create(service, body), service.operation, body);
    }
  }
}

TEST_F(ContractPrivateServicesTest, BodiesThatAreNotStrictJson) {
  Start();
  for (const char* body :
       {"{", "arguments=1", R"({"arguments":[],"arguments":[]})", "''"}) {
    ExpectRefused(Create(kChat, body),
                  Error(400, "invalid_argument", "the body is not JSON",
                        kChat.operation));
  }
  ExpectRefused(
      Create(kRoom, ""),
      Error(400, "invalid_argument", "the body is not JSON", kRoom.operation));
  Call form = Create(kChat, Body({Argument(kChat, kUuid, "")}));
  form.fields = "Content-Type: application/x-www-form-urlencoded\r\n";
  ExpectRefused(
      form, Error(415, "invalid_argument", "the body must be application/json",
                  kChat.operation));
}

TEST_F(ContractPrivateServicesTest, BodiesOverTheLimit) {
  Start();
  const Message answer =
      sidecar_->Send({kChat.line(), "", "Content-Length: 1048577\r\n"});
  EXPECT_EQ(answer.status, 413) << answer;
  EXPECT_EQ(
      answer.body,
      R"({"code":"resource_exhausted","message":"the body is too large"})");
}

TEST_F(ContractPrivateServicesTest, WrongMethodsAndUnknownMethods) {
  Start();
  for (const char* line : {"GET /chat.tokens.private.v1.Service/Create",
                           "PUT /room.tokens.private.v1.Service/Create",
                           "POST /chat.tokens.private.v1.Service/create",
                           "POST /chat.tokens.private.v1.Service/Delete",
                           "POST /room.tokens.private.v1.Service",
                           "POST /chat.tokens.private.v1.Service/Create/x"}) {
    ExpectRefused({line},
                  Error(404, "unimplemented", "there is no such method"));
  }
}

TEST_F(ContractPrivateServicesTest, AnApiKeyIsAsked) {
  Start();
  for (const char* field : {"", "Bearer", "Basic a2V5OnNlY3JldA==",
                            "company-key", "Bearer a b", "Bearer a\xC3\xB6"}) {
    for (const Service& service : kServices) {
      Call call = Create(service, Body({Argument(service, kUuid, "")}));
      call.authorization = field;
      ExpectRefused(call, Unauthenticated());
    }
  }
}

TEST_F(ContractPrivateServicesTest, ApiKeysAreVerifiedWhereAskedFor) {
  const Sha256Digest digest = Sha256("hashed-key");
  Start(
      PrivateServices(StrCat("    authenticate: verify\n"
                             "    apps:\n"
                             "      - {name: plain, api_key: company-key}\n"
                             "      - {name: hashed, api_key_sha256: ",
                             HexEncode(AsBytes(digest)), "}\n")));
  const std::string body = Body({Argument(kChat, kUuid, "")});
  Call call = Create(kChat, body);
  ExpectPasses(call, kChat.operation, body);
  call.authorization = "Bearer hashed-key";
  ExpectPasses(call, kChat.operation, body);
  for (const char* field : {"Bearer other-key", "Bearer company-ke",
                            "Bearer company-key2", "Bearer Company-key"}) {
    call.authorization = field;
    ExpectRefused(call, Unauthenticated());
  }
  // No key is ever shown.
  EXPECT_EQ(sidecar_->headgate().out().find("-key"), std::string::npos);
  EXPECT_EQ(sidecar_->headgate().err().find("-key"), std::string::npos);
}

TEST_F(ContractPrivateServicesTest, AKeyGivesOnlyWhatItWasGranted) {
  Start(PrivateServices(
      "    apps:\n"
      "      - {name: helpdesk, api_key: company-key,\n"
      "         grants: [PermissionChatMute, PermissionRoom]}\n"));
  const auto create = [](const Service& service, const std::string& names) {
    return Create(service, Body({Argument(service, kUuid, ""),
                                 Argument(service, kUuid, names)}));
  };
  for (const char* names : {"", "\"PermissionChatMute\""}) {
    const Call call = create(kChat, names);
    ExpectPasses(call, kChat.operation, call.body);
  }
  // PermissionRoom implies its three.
  const Call implied = create(kRoom, "\"PermissionRoomKick\"");
  ExpectPasses(implied, kRoom.operation, implied.body);
  struct Case {
    const Service& service;
    std::string names;
    int index;
  };
  const Case kCases[] = {
      {kChat, "\"PermissionChat\"", 0},
      {kChat, "\"PermissionChatUnmute\"", 0},
      {kChat, "\"PermissionChatMute\",\"PermissionChatKick\"", 1},
      {kRoom, "\"PermissionRoomKick\",\"permissionChatSlowmodeBypass\"", 1},
  };
  for (const Case& c : kCases) {
    ExpectRefused(create(c.service, c.names),
                  Error(403, "permission_denied",
                        StrCat("arguments[1].permissions[", c.index,
                               "] is not granted to this API key"),
                        c.service.operation));
  }
  // A key that is not listed has no bounds here: the service knows it.
  Call other = create(kChat, "\"PermissionChat\"");
  other.authorization = "Bearer other-key";
  ExpectPasses(other, kChat.operation, other.body);
}

TEST_F(ContractPrivateServicesTest, TheCodesOfTheServicePass) {
  struct Case {
    int status;
    const char* code;
  };
  const Case kCases[] = {
      {400, "invalid_argument"},   {401, "unauthenticated"},
      {403, "permission_denied"},  {404, "unimplemented"},
      {413, "resource_exhausted"}, {429, "resource_exhausted"},
      {415, "invalid_argument"},   {500, "internal"},
      {502, "unavailable"},        {503, "unavailable"},
      {504, "deadline_exceeded"},
  };
  Start();
  for (const Service& service : kServices) {
    const std::string body = Body({Argument(service, kUuid, "")});
    for (const Case& c : kCases) {
      ExpectPasses(Create(service, body), service.operation, body, c.status,
                   StrCat(R"({"code":")", c.code,
                          R"(","message":"its own","details":[{"a":1}]})"));
    }
  }
}

TEST_F(ContractPrivateServicesTest, TheNeighboursPass) {
  Start();
  const std::string revoke = R"({"arguments":[{"token":"v4.local.AAAA"}]})";
  for (const Service& service : kServices) {
    ExpectPasses(
        {StrCat("POST /", service.name, ".tokens.private.v1.Service/Revoke"),
         revoke},
        StrCat("revoke_", service.name, "_member_token"), revoke, 200, "{}");
  }
  const Call introspect = {
      "POST /oauth2/introspect", "token=v4.local.AAAA",
      "Content-Type: application/x-www-form-urlencoded\r\n"};
  ExpectPasses(introspect, "introspect_token", introspect.body, 200,
               R"({"active":true})");
  ExpectPasses({"GET /.well-known/paseto-keys", "", "", ""}, "list_paseto_keys",
               "", 200, R"({"keys":[]})");
}

}  // namespace
}  // namespace headgate::test
