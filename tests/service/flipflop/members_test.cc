// The neighbours of the contract page "flipflop": members made, read, listed,
// changed and deleted.
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "tests/service/flipflop/flipflop.h"

namespace headgate::service {
namespace {

constexpr char kStart[] = "2026-01-01T00:00:00.000Z";

struct Shown {
  std::string id = "bob";
  std::string name = "null";  // JSON
  std::string image = "null";
  std::string created = kStart;
  std::string modified = kStart;
};
std::string Member(const Shown& shown) {
  return StrCat(R"({"id":"KSUID","state":"ACTIVE","app":{"id":"ffl-dev-1",)",
                R"("state":"ACTIVE","name":"Dev"},"appUserId":")", shown.id,
                R"(","appUserName":)", shown.name,
                R"(,"appUserProfileImgUrl":)", shown.image, R"(,"createdAt":")",
                shown.created, R"(","lastModifiedAt":")", shown.modified,
                "\"}");
}

std::string Body(const std::string& id) {
  return StrCat(R"({"appUserId":")", id, "\"}");
}

TEST(FlipflopMembersTest, AreMadeWithTheDocumentedAnswer) {
  Flipflop service;
  EXPECT_EQ(service.Ask("POST /members",
                        R"({"appUserId":"bob","appUserName":"Bob",)"
                        R"("appUserProfileImgUrl":"https://i.example/b"})"),
            "201 " + Member({.name = R"("Bob")",
                             .image = R"("https://i.example/b")"}));
  EXPECT_EQ(service.Ask("POST /members", Body("eve")),
            "201 " + Member({.id = "eve"}));
}

TEST(FlipflopMembersTest, AreMadeOnce) {
  Flipflop service;
  service.Call("POST /members", Body("bob"));
  EXPECT_EQ(service.Ask("POST /members", Body("bob")),
            Error(409, "MEMBER_ALREADY_EXISTS", "The member exists already."));
  EXPECT_EQ(service.Ask("POST /members", Body("Bob")),
            "201 " + Member({.id = "Bob"}))
      << "case matters";
  service.UseApp(2);
  EXPECT_EQ(service.Call("POST /members", Body("bob")).status, 201)
      << "another app's are its own";
}

TEST(FlipflopMembersTest, AreRead) {
  Flipflop service;
  const std::string made = service.Call("POST /members", Body("bob")).body;
  const Reply read = service.Call("GET /members/bob");
  EXPECT_EQ(read.body, made) << "the id is kept";
  EXPECT_EQ(read.content_type, "application/json");
  EXPECT_EQ(service.Ask("GET /members/eve"), MemberNotFound());
  service.UseApp(2);
  EXPECT_EQ(service.Ask("GET /members/bob"), MemberNotFound());
}

TEST(FlipflopMembersTest, ChangeByTheFieldsThatAreGiven) {
  Flipflop service;
  service.Call("POST /members", Body("bob"));
  service.clock().Advance(absl::Milliseconds(1500));
  Shown bob{.name = R"("Bob")", .modified = "2026-01-01T00:00:01.500Z"};
  EXPECT_EQ(service.Ask("PATCH /members/bob", R"({"appUserName":"Bob"})"),
            "200 " + Member(bob));
  bob.image = R"("https://i.example/b")";
  EXPECT_EQ(service.Ask("PATCH /members/bob",
                        R"({"appUserProfileImgUrl":"https://i.example/b"})"),
            "200 " + Member(bob));
  EXPECT_EQ(service.Ask("GET /members/bob"), "200 " + Member(bob));
}

TEST(FlipflopMembersTest, LoseWhatIsPatchedToNull) {
  Flipflop service;
  service.Call("POST /members",
               R"({"appUserId":"bob","appUserName":"Bob",)"
               R"("appUserProfileImgUrl":"https://i.example/b"})");
  EXPECT_EQ(service.Ask("PATCH /members/bob", R"({"appUserName":null})"),
            "200 " + Member({.image = R"("https://i.example/b")"}));
  EXPECT_EQ(
      service.Ask("PATCH /members/bob", R"({"appUserProfileImgUrl":null})"),
      "200 " + Member({}));
  EXPECT_EQ(service.Ask("GET /members/bob"), "200 " + Member({}));
}

TEST(FlipflopMembersTest, StayAsTheyAreWhereNothingChanges) {
  Flipflop service;
  service.Call("POST /members", R"({"appUserId":"bob","appUserName":"Bob"})");
  service.clock().Advance(absl::Seconds(1));
  for (const char* body :
       {"{}", R"({"appUserName":"Bob"})", R"({"appUserProfileImgUrl":null})",
        R"({"appUserId":"eve"})"}) {
    EXPECT_EQ(service.Ask("PATCH /members/bob", body),
              "200 " + Member({.name = R"("Bob")"}))
        << body;
  }
  EXPECT_EQ(service.Ask("PATCH /members/eve", "{}"), MemberNotFound());
}

TEST(FlipflopMembersTest, HaveBoundedTexts) {
  Flipflop service;
  const std::string name(1025, 'n');
  EXPECT_EQ(
      service.Ask("POST /members",
                  StrCat(R"({"appUserId":"bob","appUserName":")", name, "\"}")),
      InvalidBody());
  EXPECT_EQ(service.Ask("GET /members/bob"), MemberNotFound());
  service.Call("POST /members", Body("bob"));
  EXPECT_EQ(service.Ask("PATCH /members/bob",
                        StrCat(R"({"appUserName":")", name, "\"}")),
            InvalidBody());
}

// ---- the list --------------------------------------------------------------

std::string ListAnswer(const std::vector<std::string>& ids,
                       const std::string& rest) {
  std::vector<std::string> members;
  for (const std::string& id : ids) members.push_back(Member({.id = id}));
  return StrCat(R"(200 {"content":[)", Join(members, ","), "],", rest, "}");
}

TEST(FlipflopMembersTest, AreListedPageByPageInTheOrderOfTheirMaking) {
  Flipflop service;
  for (const char* id : {"m3", "m1", "m2"}) {
    service.Call("POST /members", Body(id));
  }
  EXPECT_EQ(service.Ask("GET /members"),
            ListAnswer({"m3", "m1", "m2"},
                       R"("pageable":{"pageNumber":0,"pageSize":20},)"
                       R"("totalPages":1,"totalElements":3,"number":0,)"
                       R"("size":20,"first":true,"last":true,"empty":false)"));
  EXPECT_EQ(service.Ask("GET /members?page=0&size=2"),
            ListAnswer({"m3", "m1"},
                       R"("pageable":{"pageNumber":0,"pageSize":2},)"
                       R"("totalPages":2,"totalElements":3,"number":0,)"
                       R"("size":2,"first":true,"last":false,"empty":false)"));
  EXPECT_EQ(service.Ask("GET /members?size=2&p%61ge=1"),
            ListAnswer({"m2"},
                       R"("pageable":{"pageNumber":1,"pageSize":2},)"
                       R"("totalPages":2,"totalElements":3,"number":1,)"
                       R"("size":2,"first":false,"last":true,"empty":false)"));
}

TEST(FlipflopMembersTest, EndTheirListWithEmptyPages) {
  Flipflop service;
  const std::string nobody =
      R"("pageable":{"pageNumber":0,"pageSize":20},"totalPages":0,)"
      R"("totalElements":0,"number":0,"size":20,"first":true,"last":true,)"
      R"("empty":true)";
  EXPECT_EQ(service.Ask("GET /members"), ListAnswer({}, nobody));
  service.Call("POST /members", Body("bob"));
  service.UseApp(2);
  EXPECT_EQ(service.Ask("GET /members"), ListAnswer({}, nobody));
  service.UseApp(1);
  EXPECT_EQ(service.Ask("GET /members?page=7"),
            ListAnswer({}, R"("pageable":{"pageNumber":7,"pageSize":20},)"
                           R"("totalPages":1,"totalElements":1,"number":7,)"
                           R"("size":20,"first":false,"last":true,)"
                           R"("empty":true)"));
  const std::string last = "9223372036854775807";
  EXPECT_EQ(service.Ask(StrCat("GET /members?page=", last, "&size=1000")),
            ListAnswer({}, StrCat(R"("pageable":{"pageNumber":)", last,
                                  R"(,"pageSize":1000},"totalPages":1,)",
                                  R"("totalElements":1,"number":)", last,
                                  R"(,"size":1000,"first":false,"last":true,)",
                                  R"("empty":true)")));
}

TEST(FlipflopMembersTest, AreListedAtMostAThousandAtATime) {
  Flipflop service;
  for (int i = 0; i < 1001; ++i) {
    service.Call("POST /members", Body(StrCat("m", i)));
  }
  const std::string first = service.Call("GET /members?size=5000").body;
  EXPECT_EQ(At(first, "size"), "1000");
  EXPECT_EQ(At(first, "content.999.appUserId"), "m999");
  EXPECT_EQ(At(first, "content.1000"), "(none)");
  const std::string second = service.Call("GET /members?size=5000&page=1").body;
  EXPECT_EQ(At(second, "content.0.appUserId"), "m1000");
  EXPECT_EQ(At(second, "last"), "true");
}

TEST(FlipflopMembersTest, AreNotListedByABadPage) {
  Flipflop service;
  for (const char* query :
       {"page=-1", "page=x", "size=0", "size=", "page=1&page=2"}) {
    EXPECT_EQ(service.Ask(StrCat("GET /members?", query)),
              Error(400, "BAD_REQUEST", "The request is not valid."))
        << query;
  }
}

// ---- deleting --------------------------------------------------------------

TEST(FlipflopMembersTest, AreDeletedByEitherId) {
  Flipflop service;
  service.Call("POST /members", Body("bob"));
  EXPECT_EQ(service.Ask("DELETE /members/bob"), "204 ");
  EXPECT_EQ(service.Ask("GET /members/bob"), MemberNotFound());
  EXPECT_EQ(service.Ask("DELETE /members/bob"), MemberNotFound());
  const std::string id = service.Get("id", "POST /members", Body("bob"));
  EXPECT_EQ(service.Ask("DELETE /members/" + id), "204 ");
  EXPECT_EQ(service.Ask("GET /members/bob"), MemberNotFound());
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "0");
}

TEST(FlipflopMembersTest, AreDeletedTogetherOrNotAtAll) {
  Flipflop service;
  for (const char* id : {"m1", "m2", "m3"}) {
    service.Call("POST /members", Body(id));
  }
  EXPECT_EQ(service.Ask("DELETE /members/m1,nobody"), MemberNotFound());
  EXPECT_EQ(service.Call("GET /members/m1").status, 200);
  EXPECT_EQ(service.Ask("DELETE /members/m1,m3,m1"), "204 ");
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "1");
  EXPECT_EQ(service.Get("content.0.appUserId", "GET /members"), "m2");
  const std::string id = service.Get("id", "GET /members/m2");
  EXPECT_EQ(service.Ask(StrCat("DELETE /members/m2,", id)), "204 ")
      << "one member, named twice";
  EXPECT_EQ(service.Get("totalElements", "GET /members"), "0");
}

TEST(FlipflopMembersTest, TakeTheirTokensWithThem) {
  Flipflop service;
  const auto login = [&](const std::string& id) {
    return service.Call("POST /members/login", Body(id)).body;
  };
  const std::string bob = login("bob");
  const std::string eve = login("eve");
  const std::string chat =
      service.Get("chatToken", "POST /members/bob/chat-tokens");
  service.clock().Advance(absl::Milliseconds(1));
  service.Call("DELETE /members/bob");
  EXPECT_FALSE(service.Open(TokenKind::kMemberChat, chat).ok());
  EXPECT_FALSE(
      service.Open(TokenKind::kMemberAccess, At(bob, "accessToken")).ok());
  EXPECT_FALSE(
      service.Open(TokenKind::kMemberRefresh, At(bob, "refreshToken")).ok());
  EXPECT_TRUE(
      service.Open(TokenKind::kMemberAccess, At(eve, "accessToken")).ok());
  // The name may be used again; what was issued before stays dead.
  service.clock().Advance(absl::Milliseconds(1));
  const std::string again = login("bob");
  EXPECT_TRUE(
      service.Open(TokenKind::kMemberAccess, At(again, "accessToken")).ok());
  EXPECT_FALSE(
      service.Open(TokenKind::kMemberAccess, At(bob, "accessToken")).ok());
  // A refresh token would live thirty days; so does the memory of its end.
  service.clock().Advance(absl::Hours(24 * 29));
  EXPECT_FALSE(
      service.Open(TokenKind::kMemberRefresh, At(bob, "refreshToken")).ok());
  EXPECT_TRUE(
      service.Open(TokenKind::kMemberRefresh, At(again, "refreshToken")).ok());
}

}  // namespace
}  // namespace headgate::service
