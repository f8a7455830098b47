#include "config/read_contract.h"

#include <string>
#include <vector>

#include "config/config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/config/contract_texts.h"

namespace headgate::config {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

// The contract, of which nothing was wrong.
Contract ReadOne(const std::string& file, const std::string& name) {
  ContractTexts result = ReadTexts({file});
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
  const ContractTexts result = ReadTexts({}, {"rooms", "unknown"});
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
  const ContractTexts result = ReadTexts(
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
  const ContractTexts result =
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
      number: {integer: -1..5, optional: true, too_large: wrong}
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
  EXPECT_EQ(body.fields[1].too_large, "wrong");
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

}  // namespace
}  // namespace headgate::config
