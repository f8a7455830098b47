#include "config/read_contract.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "config/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace headgate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// A built-in small enough to see through.
constexpr char kRooms[] = R"(contract: rooms
app_key: "{org}"
credentials: bearer
errors:
  shape: {error: "{error}", text: "{description}"}
  bad_name: {status: 400, description: "{value} is bad"}
  no_room: {status: 404, description: no such room}
  slow_down: {status: 429, error: too_fast}
refusals: {rate: slow_down}
values:
  name: {charset: a-z, length: 1..8, error: bad_name}
  room: {charset: 0-9, error: no_room}
limits: {default: 100/s, add: 5/10s}
operations:
  add:
    request: POST /{org}/rooms/{room}/users
    path:
      room: {error: bad_name}
    body:
      names: {list: name, items: 1..60}
  show:
    request: GET /{org}/rooms/{room}
upstream_answers:
  - {when: {status: 5xx}, answer: slow_down}
)";

struct Result {
  std::map<std::string, Contract> contracts;
  std::string mistakes;
};

Result ReadTexts(const std::vector<std::string>& files,
                 std::vector<std::string> wanted = {}) {
  const std::map<std::string, std::string> builtins = {{"rooms", kRooms}};
  ContractSources sources;
  sources.builtins = &builtins;
  sources.wanted = std::move(wanted);
  for (size_t i = 0; i < files.size(); ++i) {
    const std::string name = i == 0 ? "ours.yaml" : "more.yaml";
    sources.files.push_back(
        std::make_shared<const SourceFile>(SourceFile{name, files[i]}));
  }
  Diagnostics diagnostics;
  Result result;
  result.contracts = ReadContracts(sources, &diagnostics);
  if (!diagnostics.empty()) result.mistakes = diagnostics.ToString();
  return result;
}

// The contract, of which nothing was wrong.
Contract ReadOne(const std::string& file, const std::string& name) {
  Result result = ReadTexts({file});
  EXPECT_EQ(result.mistakes, "");
  EXPECT_TRUE(result.contracts.contains(name));
  return result.contracts[name];
}

const Operation& Find(const Contract& contract, const std::string& name) {
  for (const Operation& operation : contract.operations) {
    if (operation.name == name) return operation;
  }
  static const Operation none;
  ADD_FAILURE() << "no operation " << name;
  return none;
}

TEST(ReadContractTest, ReadsOnlyTheBuiltinsThatAreWanted) {
  EXPECT_THAT(ReadTexts({}).contracts, IsEmpty());
  const Result result = ReadTexts({}, {"rooms", "unknown"});
  EXPECT_EQ(result.mistakes, "");
  ASSERT_THAT(result.contracts, ElementsAre(Pair("rooms", testing::_)));
  const Contract& rooms = result.contracts.at("rooms");
  EXPECT_EQ(rooms.name, "rooms");
  EXPECT_EQ(rooms.app_key, "{org}");
  EXPECT_EQ(rooms.credentials, "bearer");
  EXPECT_EQ(rooms.limits.at("add")->limit, 5);
  EXPECT_EQ(rooms.limits.at("add")->window, absl::Seconds(10));
  EXPECT_EQ(Find(rooms, "add").method, "POST");
  EXPECT_EQ(Find(rooms, "add").path, "/{org}/rooms/{room}/users");
  EXPECT_EQ(Find(rooms, "add").path_variables.at("room").error, "bad_name");
  EXPECT_EQ(Find(rooms, "add").path_variables.at("room").value, "room");
  const FieldSpec& names = Find(rooms, "add").body.fields.at(0);
  EXPECT_EQ(names.kind, FieldSpec::Kind::kList);
  EXPECT_EQ(names.value, "name");
  EXPECT_EQ(names.items, (Range{1, 60}));
}

TEST(ReadContractTest, FillsInWhatRowsLeaveOut) {
  const Contract rooms = ReadTexts({}, {"rooms"}).contracts.at("rooms");
  EXPECT_THAT(rooms.errors.at("no_room").attributes,
              ElementsAre(Pair("description", "no such room"),
                          Pair("error", "no_room")));
  EXPECT_THAT(rooms.errors.at("slow_down").attributes,
              ElementsAre(Pair("description", "Too Many Requests"),
                          Pair("error", "too_fast")));
}

TEST(ReadContractTest, MakesARowForEveryRefusalThatNobodyNamed) {
  const Contract rooms = ReadTexts({}, {"rooms"}).contracts.at("rooms");
  EXPECT_EQ(rooms.refusals.size(), 30u);
  EXPECT_EQ(rooms.refusals.at("rate"), "slow_down");
  EXPECT_EQ(rooms.refusals.at("no_operation"), "no_operation");
  const ErrorSpec& made = rooms.errors.at("no_operation");
  EXPECT_EQ(made.status, 404);
  EXPECT_TRUE(made.made);
  EXPECT_THAT(made.attributes, ElementsAre(Pair("description", "Not Found"),
                                           Pair("error", "no_operation")));
  EXPECT_FALSE(rooms.errors.contains("rate"));
}

TEST(ReadContractTest, ARowWithARefusalsNameAnswersIt) {
  const Contract ours = ReadOne(R"(contract: ours
app_key: all
errors:
  not_json: {status: 422, code: unreadable}
operations:
  ping: {request: GET /ping}
)",
                                "ours");
  EXPECT_EQ(ours.refusals.at("not_json"), "not_json");
  EXPECT_EQ(ours.errors.at("not_json").status, 422);
  EXPECT_FALSE(ours.errors.at("not_json").made);
}

TEST(ReadContractTest, AContractWithoutAShapeSpeaksRfc9457) {
  const Contract ours = ReadOne(R"(contract: ours
app_key: all
operations:
  ping: {request: GET /ping}
)",
                                "ours");
  EXPECT_EQ(ours.shape.content_type, "application/problem+json");
  EXPECT_THAT(ours.shape.members,
              ElementsAre(Pair("title", "{title}"), Pair("status", "{status}"),
                          Pair("code", "{code}")));
  EXPECT_EQ(ours.credentials, "none");
}

TEST(ReadContractTest, AFileWithABuiltinsNameChangesItKeyByKey) {
  const Contract rooms = ReadOne(R"(contract: rooms
errors:
  bad_name: {description: "not a name: {value}"}
  teapot: {status: 418, description: I am one}
values:
  name: {length: 3..32}
refusals: {forbidden: teapot}
limits: {add: 50/s}
operations:
  add:
    body:
      names: {list: name, items: 1..5}
  brew: {request: "POST /{org}/brew", deny: teapot}
)",
                                 "rooms");
  const ErrorSpec& bad_name = rooms.errors.at("bad_name");
  EXPECT_EQ(bad_name.status, 400);  // stays
  EXPECT_EQ(bad_name.attributes.at("description"), "not a name: {value}");
  EXPECT_EQ(rooms.errors.at("teapot").status, 418);
  const ValueSpec& name = rooms.values.at("name");
  EXPECT_EQ(name.charset, "a-z");  // stays
  EXPECT_EQ(name.length, (Range{3, 32}));
  EXPECT_EQ(rooms.refusals.at("rate"), "slow_down");
  EXPECT_EQ(rooms.refusals.at("forbidden"), "teapot");
  EXPECT_EQ(rooms.limits.at("default")->limit, 100);
  EXPECT_EQ(rooms.limits.at("add")->limit, 50);
  const Operation& add = Find(rooms, "add");
  EXPECT_EQ(add.path, "/{org}/rooms/{room}/users");
  EXPECT_EQ(add.path_variables.at("room").error, "bad_name");
  EXPECT_EQ(add.body.fields.at(0).items, (Range{1, 5}));
  EXPECT_EQ(Find(rooms, "brew").deny, "teapot");
  EXPECT_EQ(rooms.operations.size(), 3u);
}

TEST(ReadContractTest, ANewRequestDropsTheRulesOfVariablesThatAreGone) {
  const Contract rooms = ReadOne(R"(contract: rooms
operations:
  add: {request: "POST /{org}/users"}
)",
                                 "rooms");
  EXPECT_THAT(Find(rooms, "add").path_variables, IsEmpty());
  EXPECT_EQ(Find(rooms, "add").body.fields.size(), 1u);
}

TEST(ReadContractTest, ListsAreReplacedWhole) {
  const Contract rooms = ReadOne(R"(contract: rooms
upstream_answers:
  - {when: {failure: connect}, answer: slow_down}
  - {when: {status: 503}, answer: slow_down}
  - {when: {status: 410..419}, answer: no_room}
)",
                                 "rooms");
  ASSERT_EQ(rooms.upstream_answers.size(), 3u);
  EXPECT_EQ(rooms.upstream_answers[0].failure, "connect");
  EXPECT_EQ(rooms.upstream_answers[1].status_min, 503);
  EXPECT_EQ(rooms.upstream_answers[1].status_max, 503);
  EXPECT_EQ(rooms.upstream_answers[2].status_min, 410);
  EXPECT_EQ(rooms.upstream_answers[2].status_max, 419);
}

TEST(ReadContractTest, ReplacesStartsFromNothing) {
  const Contract rooms = ReadOne(R"(replaces: rooms
app_key: all
operations:
  ping: {request: GET /ping}
)",
                                 "rooms");
  EXPECT_EQ(rooms.operations.size(), 1u);
  EXPECT_THAT(rooms.values, IsEmpty());
}

TEST(ReadContractTest, ExtendsMakesACopyUnderANewName) {
  const Result result = ReadTexts(
      {"contract: ours\nextends: rooms\nlimits: {add: 7/s}\n",
       "contract: theirs\nextends: ours\nvalues: {name: {length: 2..3}}\n"},
      {"rooms"});
  EXPECT_EQ(result.mistakes, "");
  ASSERT_EQ(result.contracts.size(), 3u);
  EXPECT_EQ(result.contracts.at("rooms").limits.at("add")->limit, 5);
  EXPECT_EQ(result.contracts.at("ours").limits.at("add")->limit, 7);
  EXPECT_EQ(result.contracts.at("ours").name, "ours");
  EXPECT_EQ(result.contracts.at("theirs").limits.at("add")->limit, 7);
  EXPECT_EQ(result.contracts.at("theirs").values.at("name").length,
            (Range{2, 3}));
  EXPECT_EQ(result.contracts.at("ours").values.at("name").length,
            (Range{1, 8}));
}

TEST(ReadContractTest, SeveralFilesChangeABuiltinInTheirOrder) {
  const Result result =
      ReadTexts({"contract: rooms\nlimits: {add: 7/s, show: 1/s}\n",
                 "contract: rooms\nlimits: {add: 8/s}\n"});
  EXPECT_EQ(result.mistakes, "");
  const Contract& rooms = result.contracts.at("rooms");
  EXPECT_EQ(rooms.limits.at("add")->limit, 8);
  EXPECT_EQ(rooms.limits.at("show")->limit, 1);
}

TEST(ReadContractTest, ReadsEveryKindOfFieldAndParameter) {
  const Contract ours = ReadOne(R"(contract: ours
app_key: "{basic_user}"
credentials: basic
prefixes: [/v1]
aliases:
  - {path: /v1, also: "/app/{id}", app_key: "{id}"}
placeholders: [uuid]
errors:
  shape: {code: "{code}", at: "{now_ms}"}
  wrong: {status: 400, code: "wrong {uuid} {id} {{}}"}
values:
  text: {length: 0..9, error: wrong, empty: wrong}
settings: {mode: [strict, lax]}
operations:
  all:
    request: PUT /v1/all/{rest...}
    credentials: none
    answers: [200, 201]
    handler: everything
    grants: list.names
    query:
      page: {integer: 1.., default: 1, at_most: 100}
      word: {value: text, error: wrong}
    empty_body: ["", "''"]
    array_body: {items: 1..60, too_many: wrong}
    body:
      short: text
      number: {integer: -1..5, optional: true}
      flag: {boolean: true, nullable: true, missing: wrong}
      free: {any: true}
      inner: {object: {a: text}}
      table: {map: text, items: ..64, bytes: 4KiB, keys: {k: text}}
      list: {list: {names: {list: text}}, items: 2..3, too_few: wrong}
  upload: {request: POST /v1/upload, body: any}
)",
                                "ours");
  const Operation& all = Find(ours, "all");
  EXPECT_EQ(all.credentials, "none");
  EXPECT_THAT(all.answers, ElementsAre(200, 201));
  EXPECT_EQ(all.handler, "everything");
  EXPECT_EQ(all.query[0].integer, (Range{1}));
  EXPECT_EQ(all.query[0].default_value, 1);
  EXPECT_EQ(all.query[0].at_most, 100);
  EXPECT_EQ(all.query[1].value, "text");
  EXPECT_EQ(all.query[1].error, "wrong");
  const BodySpec& body = all.body;
  EXPECT_EQ(body.kind, BodySpec::Kind::kJson);
  EXPECT_THAT(body.empty, ElementsAre("", "''"));
  EXPECT_EQ(body.array, (Range{1, 60}));
  EXPECT_EQ(body.array_too_many, "wrong");
  ASSERT_EQ(body.fields.size(), 7u);
  EXPECT_EQ(body.fields[0].value, "text");
  EXPECT_EQ(body.fields[1].integer, (Range{-1, 5}));
  EXPECT_TRUE(body.fields[1].optional);
  EXPECT_EQ(body.fields[2].kind, FieldSpec::Kind::kBoolean);
  EXPECT_TRUE(body.fields[2].nullable);
  EXPECT_EQ(body.fields[2].missing, "wrong");
  EXPECT_EQ(body.fields[3].kind, FieldSpec::Kind::kAny);
  EXPECT_EQ(body.fields[4].fields.at(0).name, "a");
  EXPECT_EQ(body.fields[5].bytes_max, 4096);
  EXPECT_EQ(body.fields[5].items, (Range{0, 64}));
  EXPECT_EQ(body.fields[5].keys.at("k"), "text");
  EXPECT_EQ(body.fields[6].fields.at(0).kind, FieldSpec::Kind::kList);
  EXPECT_EQ(body.fields[6].too_few, "wrong");
  EXPECT_EQ(Find(ours, "upload").body.kind, BodySpec::Kind::kAny);
  EXPECT_EQ(ours.aliases.at(0).also, "/app/{id}");
  EXPECT_THAT(ours.prefixes, ElementsAre("/v1"));
  EXPECT_THAT(ours.settings.at("mode"), ElementsAre("strict", "lax"));
}

struct Mistake {
  const char* what;
  const char* file;
  const char* told;
};

class MistakeTest : public testing::TestWithParam<Mistake> {};

// Each is one mistake: told once, with its caret, and nothing else.
TEST_P(MistakeTest, IsToldWithItsPlace) {
  EXPECT_EQ(ReadTexts({GetParam().file}).mistakes, GetParam().told);
}

INSTANTIATE_TEST_SUITE_P(
    ReadContract, MistakeTest,
    testing::Values(
        Mistake{"NoName", "app_key: a\n",
                R"(ours.yaml:1:1: error: missing key "contract"
  app_key: a
  ^

1 error
)"},
        Mistake{"UnknownBase", "contract: ours\nextends: roomz\n",
                R"(ours.yaml:2:10: error: unknown contract "roomz"
  extends: roomz
           ^~~~~
did you mean "rooms"?

1 error
)"},
        Mistake{"UnknownReplaced", "replaces: room\n",
                R"(ours.yaml:1:11: error: unknown contract "room"
  replaces: room
            ^~~~
did you mean "rooms"?

1 error
)"},
        Mistake{"ExtendedBuiltin", "contract: rooms\nextends: rooms\n",
                R"(ours.yaml:2:10: error: "rooms" is built in
  extends: rooms
           ^~~~~
leave out extends to change it, or choose another name

1 error
)"},
        Mistake{"UnknownKey", "contract: rooms\nvalue: {}\n",
                R"(ours.yaml:2:1: error: unknown key "value"
  value: {}
  ^~~~~
did you mean "values"?

1 error
)"},
        Mistake{"UnknownError",
                "contract: rooms\nrefusals: {rate: slow_dawn}\n",
                R"(ours.yaml:2:18: error: unknown error "slow_dawn"
  refusals: {rate: slow_dawn}
                   ^~~~~~~~~
did you mean "slow_down"?

1 error
)"},
        Mistake{"UnknownRefusal",
                "contract: rooms\nrefusals: {rates: slow_down}\n",
                R"(ours.yaml:2:12: error: unknown refusal "rates"
  refusals: {rates: slow_down}
             ^~~~~
did you mean "rate"?

1 error
)"},
        Mistake{"UnknownErrorOfAValue",
                "contract: rooms\nvalues: {name: {error: bad_nam}}\n",
                R"(ours.yaml:2:24: error: unknown error "bad_nam"
  values: {name: {error: bad_nam}}
                         ^~~~~~~
did you mean "bad_name"?

1 error
)"},
        Mistake{"UnknownValue",
                "contract: rooms\noperations:\n  add:\n    body: {x: nam}\n",
                R"(ours.yaml:4:15: error: unknown value "nam"
  body: {x: nam}
            ^~~
did you mean "name"?

1 error
)"},
        Mistake{"UnknownOperation", "contract: rooms\nlimits: {ad: 1/s}\n",
                R"(ours.yaml:2:10: error: unknown operation "ad"
  limits: {ad: 1/s}
           ^~
did you mean "add"?

1 error
)"},
        Mistake{"BadRate", "contract: rooms\nlimits: {add: 1/x}\n",
                R"(ours.yaml:2:15: error: expected a rate such as 100/s or )"
                R"(5/500ms, found "1/x"
  limits: {add: 1/x}
                ^~~
units: us, ms, s, m, h, d

1 error
)"},
        Mistake{"NoRequest", "contract: rooms\noperations:\n  sub: {}\n",
                R"(ours.yaml:3:8: error: missing key "request"
  sub: {}
       ^

1 error
)"},
        Mistake{"BadRequest",
                "contract: rooms\noperations:\n  add: {request: /x}\n",
                R"(ours.yaml:3:18: error: expected a method and a path such )"
                R"(as GET /rooms/{room_id}, found "/x"
  add: {request: /x}
                 ^~

1 error
)"},
        Mistake{"BadPath",
                "contract: rooms\noperations:\n"
                "  sub: {request: \"GET /a{b}\"}\n",
                R"(ours.yaml:3:18: error: a segment is a literal or one )"
                R"(whole {variable}: a{b}
  sub: {request: "GET /a{b}"}
                 ^~~~~~~~~~~

1 error
)"},
        Mistake{"VariableTwice",
                "contract: rooms\noperations:\n"
                "  sub: {request: \"GET /{b}/{b}\"}\n",
                R"(ours.yaml:3:18: error: the variable {b} occurs twice
  sub: {request: "GET /{b}/{b}"}
                 ^~~~~~~~~~~~~~

1 error
)"},
        Mistake{"TailInTheMiddle",
                "contract: rooms\noperations:\n"
                "  sub: {request: \"GET /{b...}/c\"}\n",
                R"(ours.yaml:3:18: error: only the last segment may be {b...}
  sub: {request: "GET /{b...}/c"}
                 ^~~~~~~~~~~~~~~

1 error
)"},
        Mistake{"SameRequest",
                "contract: rooms\noperations:\n"
                "  sub: {request: \"GET /{a}/rooms/{b}\"}\n",
                R"(ours.yaml:3:18: error: sub has the same request as show
  sub: {request: "GET /{a}/rooms/{b}"}
                 ^~~~~~~~~~~~~~~~~~~~

1 error
)"},
        Mistake{"NoSuchVariable",
                "contract: rooms\noperations:\n  add:\n"
                "    path: {rooms: {value: room}}\n",
                R"(ours.yaml:4:12: error: the request has no variable "rooms"
  path: {rooms: {value: room}}
         ^~~~~
did you mean "room"?

1 error
)"},
        Mistake{"LongSeparator",
                "contract: rooms\noperations:\n  add:\n"
                "    path: {room: {list: room, separator: ', '}}\n",
                R"(ours.yaml:4:42: error: expected one character, found ", "
  path: {room: {list: room, separator: ', '}}
                                       ^~~~

1 error
)"},
        Mistake{"TwoKinds",
                "contract: rooms\noperations:\n  add:\n"
                "    body: {x: {value: name, integer: 1..}}\n",
                R"(ours.yaml:4:38: error: a field has one kind, this is the )"
                R"(second
  body: {x: {value: name, integer: 1..}}
                                   ^~~

1 error
)"},
        Mistake{"NoKind",
                "contract: rooms\noperations:\n  add:\n"
                "    body: {x: {optional: true}}\n",
                R"(ours.yaml:4:15: error: the field has no kind
  body: {x: {optional: true}}
            ^
kinds: value, integer, boolean, list, object, map, any

1 error
)"},
        Mistake{"ItemsOfAValue",
                "contract: rooms\noperations:\n  add:\n"
                "    body: {x: {value: name, items: 1..2}}\n",
                R"(ours.yaml:4:29: error: unknown key "items"
  body: {x: {value: name, items: 1..2}}
                          ^~~~~
known: value, integer, boolean, list, object, map, any, optional, nullable, missing, error

1 error
)"},
        Mistake{"DefaultOutOfRange",
                "contract: rooms\noperations:\n  show:\n"
                "    query: {n: {integer: 1..9, default: 0}}\n",
                R"(ours.yaml:4:41: error: expected an integer from 1 to 9, )"
                R"(found "0"
  query: {n: {integer: 1..9, default: 0}}
                                      ^

1 error
)"},
        Mistake{"NoGrantsField",
                "contract: rooms\noperations:\n  add: {grants: name}\n",
                R"(ours.yaml:3:17: error: the body has no field "name"
  add: {grants: name}
                ^~~~
did you mean "names"?

1 error
)"},
        Mistake{"BadStatusOfARule",
                "contract: rooms\nupstream_answers:\n"
                "  - {when: {status: 6xx}, answer: no_room}\n",
                R"(ours.yaml:3:21: error: expected a status such as 503, 5xx )"
                R"(or 500..504, found "6xx"
  - {when: {status: 6xx}, answer: no_room}
                    ^~~

1 error
)"},
        Mistake{"BothConditions",
                "contract: rooms\nupstream_answers:\n"
                "  - {when: {status: 5xx, failure: tls}, answer: no_room}\n",
                R"(ours.yaml:3:12: error: expected either "failure" or )"
                R"("status"
  - {when: {status: 5xx, failure: tls}, answer: no_room}
           ^

1 error
)"},
        Mistake{"NoStatus", "contract: rooms\nerrors:\n  oops: {}\n",
                R"(ours.yaml:3:9: error: missing key "status"
  oops: {}
        ^

1 error
)"},
        Mistake{"StatusOfASuccess",
                "contract: rooms\nerrors:\n  oops: {status: 200}\n",
                R"(ours.yaml:3:18: error: expected an integer from 400 to )"
                R"(599, found "200"
  oops: {status: 200}
                 ^~~

1 error
)"},
        Mistake{"UnknownAttribute",
                "contract: rooms\nerrors:\n"
                "  oops: {status: 400, descripton: x}\n",
                R"(ours.yaml:3:23: error: unknown key "descripton"
  oops: {status: 400, descripton: x}
                      ^~~~~~~~~~
did you mean "description"?

1 error
)"},
        Mistake{"UnknownPlaceholder",
                "contract: rooms\nerrors:\n"
                "  oops: {status: 400, description: '{vlaue}'}\n",
                R"(ours.yaml:3:36: error: unknown placeholder {vlaue}
  oops: {status: 400, description: '{vlaue}'}
                                   ^~~~~~~~~
did you mean "value"?

1 error
)"},
        Mistake{"OpenBrace",
                "contract: rooms\nerrors:\n"
                "  oops: {status: 400, description: 'a { b'}\n",
                R"(ours.yaml:3:36: error: a brace has no partner
  oops: {status: 400, description: 'a { b'}
                                   ^~~~~~~
write {{ and }} for braces

1 error
)"},
        Mistake{"UnknownPartOfTheAppKey",
                "contract: rooms\napp_key: '{orgs}'\n",
                R"(ours.yaml:2:10: error: unknown placeholder {orgs}
  app_key: '{orgs}'
           ^~~~~~~~
did you mean "org"?

1 error
)"},
        Mistake{"UnknownCredentials", "contract: rooms\ncredentials: token\n",
                R"(ours.yaml:2:14: error: expected none, bearer, basic or )"
                R"(api_key, found "token"
  credentials: token
               ^~~~~

1 error
)"},
        Mistake{"ImpliedByNobody",
                "contract: rooms\nvalues: {p: {one_of: [read, write]}}\n"
                "implied: {write: [raed]}\n",
                R"(ours.yaml:3:19: error: no value allows "raed"
  implied: {write: [raed]}
                    ^~~~
did you mean "read"?

1 error
)"},
        Mistake{"AttributeWithoutDefault",
                "contract: ours\napp_key: all\nerrors:\n"
                "  shape: {code: '{code}', kind: '{kind}'}\n"
                "  oops: {status: 400}\n"
                "operations: {ping: {request: GET /ping}}\n",
                R"(ours.yaml:5:3: error: the error lacks "kind", which the )"
                R"(shape asks for
  oops: {status: 400}
  ^~~~

1 error
)"},
        Mistake{"NoAppKey",
                "contract: ours\noperations: {ping: {request: GET /ping}}\n",
                R"(ours.yaml:1:1: error: missing key "app_key"
  contract: ours
  ^

1 error
)"},
        Mistake{"NoOperations", "contract: ours\napp_key: all\n",
                R"(ours.yaml:1:1: error: the contract has no operations
  contract: ours
  ^

1 error
)"}),
    [](const testing::TestParamInfo<Mistake>& info) {
      return std::string(info.param.what);
    });

TEST(ReadContractTest, TellsAllMistakesInOneRun) {
  const std::string told = ReadTexts({R"(contract: rooms
errors: {oops: {}}
limits: {ad: 1/s}
operations:
  sub: {request: "GET /{a}/rooms/{b}"}
)"})
                               .mistakes;
  EXPECT_THAT(told, testing::HasSubstr("missing key \"status\""));
  EXPECT_THAT(told, testing::HasSubstr("unknown operation \"ad\""));
  EXPECT_THAT(told, testing::HasSubstr("sub has the same request as show"));
  EXPECT_THAT(told, testing::EndsWith("3 errors\n"));
}

TEST(ReadContractTest, TellsAMistakeOnceThoughItIsCopied) {
  const std::string told =
      ReadTexts({"contract: ours\nextends: rooms\napp_key: '{x}'\n"
                 "limits: {ad: 1/s}\n",
                 "contract: more\nextends: ours\n"})
          .mistakes;
  EXPECT_THAT(told, testing::EndsWith("2 errors\n"));
}

TEST(ReadContractTest, TwoFilesCannotBeginTheSameContract) {
  const std::string told = ReadTexts({"contract: ours\nextends: rooms\n",
                                      "contract: ours\nextends: rooms\n"})
                               .mistakes;
  EXPECT_EQ(
      told,
      R"(more.yaml:1:11: error: another file has the contract "ours" already
  contract: ours
            ^~~~

1 error
)");
}

}  // namespace
}  // namespace headgate::config
