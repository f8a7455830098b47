// The contract agora-chat: every refusal that a sidecar makes itself, with its
// whole answer; not a byte of a refused call reaches the service.
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "tests/e2e/contract_chat.h"

namespace headgate::test {
namespace {

constexpr char kUsers[] = "/acme/chat/chatrooms/1/users";
constexpr char kAdmin[] = "/acme/chat/chatrooms/1/admin";

struct Refused {
  Call call;
  int status;
  std::string error, description;
  std::string operation = "";  // whose limit was asked; "": none was
  int quota = 100;
};

void ExpectRefusals(Sidecar* sidecar, const std::vector<Refused>& rows) {
  ASSERT_TRUE(sidecar->started()) << sidecar->headgate().err();
  for (const Refused& row : rows) {
    SCOPED_TRACE(row.call.line.substr(0, 120) + " " +
                 row.call.body.substr(0, 120));
    Answer expected{row.status, ChatError(row.error, row.description),
                    row.operation, row.quota};
    if (row.status == 401) expected.challenge = "Bearer realm=\"agora-chat\"";
    EXPECT_EQ(Describe(sidecar->Send(row.call)), Describe(expected));
  }
  EXPECT_EQ(sidecar->upstream().received_bytes(), 0u);
  EXPECT_TRUE(EndsWell(&sidecar->headgate()));
}

void ExpectRefusals(const std::vector<Refused>& rows) {
  Sidecar sidecar(Chat());
  ExpectRefusals(&sidecar, rows);
}

std::string Post(const std::string& path) { return "POST " + path; }
std::string Get(const std::string& path) { return "GET " + path; }
std::string Delete(const std::string& path) { return "DELETE " + path; }

TEST(ContractChatRefusalsTest, IllegalNames) {
  const std::string u65(65, 'u');
  const std::string users = Post(kUsers);
  const auto illegal = [](Call call, const std::string& name,
                          const std::string& operation) {
    return Refused{std::move(call), 400, "illegal_argument",
                   StrCat("username [", name, "] is not legal"), operation};
  };
  ExpectRefusals({
      illegal({users + "/b%21b"}, "b!b", "add_chatroom_member"),
      illegal({users + "/b%20b"}, "b b", "add_chatroom_member"),
      illegal({users + "/" + u65}, u65, "add_chatroom_member"),
      illegal({users + "/%C3%B6"}, "\xC3\xB6", "add_chatroom_member"),
      illegal({users + "/a,b"}, "a,b", "add_chatroom_member"),
      illegal({users + "/b%22b"}, "b\"b", "add_chatroom_member"),
      illegal({users, R"({"usernames":["u1","b!b"]})"}, "b!b",
              "add_chatroom_members"),
      illegal({users, R"({"usernames":[""]})"}, "", "add_chatroom_members"),
      illegal({users, R"({"usernames":["u1",1]})"}, "1",
              "add_chatroom_members"),
      illegal({users, StrCat(R"({"usernames":[")", u65, "\"]}")}, u65,
              "add_chatroom_members"),
      illegal({Delete(kUsers) + "/b!b"}, "b!b", "remove_chatroom_member"),
      illegal({Delete(kUsers) + "/u1,b!b"}, "b!b", "remove_chatroom_members"),
      illegal({Delete(kUsers) + "/u1%2C%2Cu2"}, "", "remove_chatroom_members"),
      illegal({Delete(kUsers) + "/u1,"}, "", "remove_chatroom_members"),
      illegal({Post(kAdmin), R"({"newadmin":"b!b"})"}, "b!b",
              "add_chatroom_admin"),
      illegal({Delete(kAdmin) + "/b!b"}, "b!b", "remove_chatroom_admin"),
  });
}

TEST(ContractChatRefusalsTest, NumbersOfNames) {
  const std::string add = "addMembers: addMembers number more than maxSize : ";
  const std::string kick =
      "kickMember: kickMembers number more than maxSize : 100";
  ExpectRefusals({
      {{Post(kUsers), Usernames(61)},
       400,
       "invalid_parameter",
       add + "60",
       "add_chatroom_members"},
      {{Post(kUsers), Usernames(5000)},
       400,
       "invalid_parameter",
       add + "60",
       "add_chatroom_members"},
      {{Delete(kUsers) + "/" + NameList(101, "%2C")},
       400,
       "invalid_parameter",
       kick,
       "remove_chatroom_members"},
      {{Delete(kUsers) + "/" + NameList(101, ",")},
       400,
       "invalid_parameter",
       kick,
       "remove_chatroom_members"},
  });
}

TEST(ContractChatRefusalsTest, FieldsThatAreMissingOrOfAnotherType) {
  std::vector<Refused> rows;
  for (const char* body :
       {"{}", "[]", "null", "\"u1\"", "7", R"({"usernames":null})",
        R"({"usernames":"u1"})", R"({"usernames":7})", R"({"usernames":{}})",
        R"({"usernames":[]})", R"({"Usernames":["u1"]})"}) {
    rows.push_back({{Post(kUsers), body},
                    400,
                    "invalid_parameter",
                    "usernames must be provided",
                    "add_chatroom_members"});
  }
  for (const char* body :
       {"{}", "[]", R"({"newadmin":null})", R"({"newadmin":["u1"]})",
        R"({"newadmin":7})", R"({"newAdmin":"u1"})"}) {
    rows.push_back({{Post(kAdmin), body},
                    400,
                    "invalid_parameter",
                    "newadmin must be provided",
                    "add_chatroom_admin"});
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, RoomsThatAreNoNumber) {
  struct Operation {
    Call call;  // "$" stands for the room
    std::string name;
    bool listing = false;
  };
  const std::string room = "/acme/chat/chatrooms/$";
  const Operation kOperations[] = {
      {{Post(room) + "/users/u1"}, "add_chatroom_member"},
      {{Post(room) + "/users", Usernames(1)}, "add_chatroom_members"},
      {{Get(room) + "/users"}, "list_chatroom_members", true},
      {{Delete(room) + "/users/u1"}, "remove_chatroom_member"},
      {{Delete(room) + "/users/u1,u2"}, "remove_chatroom_members"},
      {{Post(room) + "/admin", R"({"newadmin":"u1"})"}, "add_chatroom_admin"},
      {{Get(room) + "/admin"}, "list_chatroom_admins"},
      {{Delete(room) + "/admin/u1"}, "remove_chatroom_admin"},
      {{Get(room)}, "get_chatroom", true},
      {{Delete(room)}, "delete_chatroom"},
  };
  std::vector<Refused> rows;
  for (const Operation& operation : kOperations) {
    for (const char* id : {"abc", "-1", "1.5", "123456789012345678901"}) {
      Call call = operation.call;
      call.line = Fill(call.line, id);
      rows.push_back({call, 404,
                      operation.listing ? "service_resource_not_found"
                                        : "resource_not_found",
                      operation.listing
                          ? StrCat("do not find this group:", id)
                          : StrCat("grpID ", id, " does not exist!"),
                      operation.name});
    }
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, Pages) {
  struct Case {
    std::string query, name, value;
  };
  const Case kCases[] = {
      {"pagenum=0", "pagenum", "0"},
      {"pagenum=-1", "pagenum", "-1"},
      {"pagenum=x", "pagenum", "x"},
      {"pagenum=", "pagenum", ""},
      {"pagenum=1.5", "pagenum", "1.5"},
      {"pagesize=-1", "pagesize", "-1"},
      {"pagesize=x", "pagesize", "x"},
      {"pagesize=+5", "pagesize", " 5"},
      {"a=b&pagesize=0x10", "pagesize", "0x10"},
  };
  std::vector<Refused> rows;
  for (const Case& c : kCases) {
    rows.push_back({{StrCat(Get(kUsers), "?", c.query)},
                    400,
                    "invalid_parameter",
                    StrCat(c.name, " [", c.value, "] is not valid"),
                    "list_chatroom_members"});
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, Tokens) {
  const std::string none =
      "Unable to authenticate due to expired access token.";
  const std::string corrupt =
      "Unable to authenticate due to corrupt access token.";
  std::vector<Refused> rows;
  for (const char* field : {"", "Bearer", "YWMtoken", "Basic YTpi"}) {
    rows.push_back({{Get(kUsers), "", "", field}, 401, "unauthorized", none});
  }
  for (const char* field : {"Bearer a b", "Bearer a,b", "Bearer \"a\"",
                            "Bearer  a", "Bearer a\xC3\xB6", "Bearer ="}) {
    rows.push_back(
        {{Get(kUsers), "", "", field}, 401, "auth_bad_access_token", corrupt});
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, AppsThatAreNotListed) {
  SidecarOptions options = Chat();
  options.keys =
      "    unlisted_apps: deny\n"
      "    apps: [{org_name: acme, app_name: other}]\n";
  Sidecar sidecar(options);
  ExpectRefusals(&sidecar, {{{Get(kUsers)},
                             404,
                             "organization_application_not_found",
                             "Could not find application for acme/chat from "
                             "URI: /acme/chat/chatrooms/1/users"}});
}

// The contract page's own vector: well formed, and long expired.
TEST(ContractChatRefusalsTest, TokensThatWereNotIssuedHere) {
  SidecarOptions options = Chat();
  options.keys =
      "    authenticate: verify\n"
      "    apps:\n"
      "      - {org_name: acme, app_name: chat,\n"
      "         app_id: 970CA35de60c44645bbae8a215061b33,\n"
      "         certificate: 5CFd2fd1755d40ecb72977518be15d3b}\n";
  Sidecar sidecar(options);
  std::vector<Refused> rows;
  for (const char* token :
       {"YWMtoken", "007", "007AAAA",
        "007eJxTYNDNaz3snC8huEfHWdz6s98qltq4zqy9fl99Uh0FDvy6F6DAYGlu4OxobJqSama"
        "Q"
        "bGJiZmKalJSYapFoZGhqYGaYZGzs/kWAIYKJgYGRAYRZgZgJzGdgAACt8hhr"}) {
    rows.push_back({{Get(kUsers), "", "", StrCat("Bearer ", token)},
                    401,
                    "auth_bad_access_token",
                    "Unable to authenticate."});
  }
  ExpectRefusals(&sidecar, rows);
}

TEST(ContractChatRefusalsTest, BodiesThatAreNotStrictJson) {
  const std::string deep = std::string(65, '[') + std::string(65, ']');
  std::vector<Refused> rows;
  for (const std::string& body : std::vector<std::string>{
           R"({"usernames":["user":"user2"]})",
           R"({"usernames":["a"],"usernames":["b"]})",
           R"({"usernames":["a"],"user\u006eames":["b"]})",
           R"({"usernames":["a"]}})", R"({"usernames":["a",]})",
           R"({'usernames':['a']})", R"({"usernames":["a"])", "usernames=a",
           "{\"usernames\":[\"\xFF\"]}", R"({"usernames":["\ud800"]})",
           R"({"usernames":[NaN]})", "\xEF\xBB\xBF{\"usernames\":[\"a\"]}",
           R"({"usernames":["a"],"deep":)" + deep + "}", " "}) {
    rows.push_back({{Post(kUsers), body},
                    400,
                    "json_parse",
                    "Unexpected character.",
                    "add_chatroom_members"});
  }
  rows.push_back({{Post(kUsers)},
                  400,
                  "json_parse",
                  "Unexpected character.",
                  "add_chatroom_members"});
  rows.push_back({{Get(kUsers), "{"},
                  400,
                  "json_parse",
                  "Unexpected character.",
                  "list_chatroom_members"});
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, BodiesOfAnotherMediaType) {
  std::vector<Refused> rows;
  for (const char* type :
       {"text/plain", "application/x-www-form-urlencoded", "application/xml",
        "multipart/form-data; boundary=b"}) {
    rows.push_back(
        {{Post(kUsers), Usernames(1), StrCat("Content-Type: ", type, "\r\n")},
         415,
         "web_application",
         "Unsupported Media Type.",
         "add_chatroom_members"});
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, WrongMethodsAndUnknownUrls) {
  std::vector<Refused> rows;
  for (const std::string& line : std::vector<std::string>{
           std::string("PATCH ") + kUsers, std::string("PUT ") + kUsers,
           Delete(kUsers), Get(kUsers) + "/u1", std::string("PUT ") + kAdmin,
           Get(kAdmin) + "/u1", std::string("OPTIONS ") + kUsers,
           Get("/acme/chat/token"), Delete("/acme/chat/chatrooms")}) {
    rows.push_back({{line},
                    500,
                    "unsupported_service_operation",
                    "Service operation not supported."});
  }
  for (const std::string& path : std::vector<std::string>{
           "/acme/chat", "/acme/chat/nothing", "/acme/chat/chatrooms/1/user",
           "/acme/chat/chatrooms/1/users/u1/x", "/acme/chat/Chatrooms/1/users",
           "/app-id/1/nothing"}) {
    rows.push_back({{Get(path)},
                    404,
                    "service_resource_not_found",
                    "Service resource not found."});
  }
  ExpectRefusals(rows);
}

TEST(ContractChatRefusalsTest, PathsThatHideASegment) {
  std::vector<Refused> rows;
  for (const char* name : {"a%2Fb", "a%00", "a%5Cb", "%C0%AE", "a\\b"}) {
    rows.push_back({{StrCat(Post(kUsers), "/", name)},
                    400,
                    "illegal_argument",
                    "This is an invalid request."});
  }
  ExpectRefusals(rows);
}

// The neighbours' own rules.
TEST(ContractChatRefusalsTest, Neighbours) {
  const std::string rooms = Post("/acme/chat/chatrooms");
  const std::string names = "userNames size is more than max limit : 60";
  const std::string bad = "invalid_parameter";
  std::string users = "[{\"username\":\"u\"}";
  for (int i = 0; i < 60; ++i) users += ",{\"username\":\"u\"}";
  users += "]";
  ExpectRefusals({
      {{Post("/acme/chat/users"), "{}"},
       400,
       "illegal_argument",
       "Entity 'user' requires a property named username.",
       "create_users"},
      {{Post("/acme/chat/users"), users}, 400, bad, names, "create_users"},
      {{rooms, R"({"name":"n"})"},
       400,
       bad,
       "owner must be provided",
       "create_chatroom",
       50},
      {{rooms, R"({"owner":"u1"})"},
       400,
       bad,
       "chatroom must contain title/name field!",
       "create_chatroom",
       50},
      {{rooms,
        StrCat(R"({"owner":"u1","name":")", std::string(129, 'n'), "\"}")},
       403,
       "exceed_limit",
       "title cannot exceed to 128",
       "create_chatroom",
       50},
      {{rooms, StrCat(R"({"owner":"u1","name":"n","description":")",
                      std::string(513, 'd'), "\"}")},
       403,
       "exceed_limit",
       "desc cannot exceed to 512",
       "create_chatroom",
       50},
      {{rooms, R"({"owner":"u1","name":"n","maxusers":10001})"},
       403,
       "exceed_limit",
       "maxUsers cannot exceed 10000",
       "create_chatroom",
       50},
      {{rooms, R"({"owner":"u!","name":"n"})"},
       400,
       "illegal_argument",
       "username [u!] is not legal",
       "create_chatroom",
       50},
      {{Get("/acme/chat/chatrooms?limit=0")},
       400,
       bad,
       "limit [0] is not valid",
       "list_chatrooms",
       50},
      {{Post("/acme/chat/chatrooms/1/mute"), Usernames(61)},
       400,
       bad,
       names,
       "add_chatroom_mutes"},
      {{Delete("/acme/chat/chatrooms/1/mute/") + NameList(61, ",")},
       400,
       bad,
       names,
       "remove_chatroom_mutes"},
      {{Post("/acme/chat/chatrooms/1/blocks/users"), Usernames(61)},
       400,
       bad,
       names,
       "add_chatroom_blocks"},
      {{Delete("/acme/chat/chatrooms/1/blocks/users/") + NameList(61, ",")},
       400,
       bad,
       names,
       "remove_chatroom_blocks"},
      {{Post("/acme/chat/chatrooms/1/white/users"), Usernames(61)},
       400,
       bad,
       names,
       "add_chatroom_allowed_many"},
      {{Delete("/acme/chat/chatrooms/1/white/users/") + NameList(61, ",")},
       400,
       bad,
       names,
       "remove_chatroom_allowed_many"},
  });
}

// The connection is closed: what is left of the body is not read.
TEST(ContractChatRefusalsTest, BodiesOverTheLimit) {
  Sidecar sidecar(Chat());
  ASSERT_TRUE(sidecar.started()) << sidecar.headgate().err();
  const Call kCalls[] = {
      {Post(kUsers), "", "Content-Length: 1048577\r\n"},
      {Post(kUsers), "", "Content-Length: 999999999999\r\n"},
      {Post(kUsers), StrCat("100001\r\n", std::string(1048577, 'x')),
       "Transfer-Encoding: chunked\r\n"},
  };
  for (const Call& call : kCalls) {
    SCOPED_TRACE(call.fields);
    const Message answer = sidecar.Send(call);
    EXPECT_EQ(answer.status, 413) << answer;
    EXPECT_EQ(answer.Header("Connection"), "close");
    EXPECT_EQ(answer.Header("Content-Type"), "application/json;charset=UTF-8");
    Message only_body;
    only_body.body = answer.body;
    Message expected_body;
    expected_body.body =
        ChatError("request_entity_too_large", "Request Entity Too Large");
    EXPECT_EQ(Describe(only_body), Describe(expected_body));
  }
  EXPECT_EQ(sidecar.upstream().received_bytes(), 0u);
}

}  // namespace
}  // namespace headgate::test
