// What the contract reader says of mistakes, to the letter.
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/config/contract_texts.h"

namespace headgate::config {
namespace {

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
known: value, integer, boolean, list, object, map, any, )"
                R"(optional, nullable, missing, error

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
    [](const testing::TestParamInfo<Mistake>& row) {
      return std::string(row.param.what);
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
