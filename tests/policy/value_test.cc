#include "policy/value.h"

#include <string>

#include "gtest/gtest.h"

namespace headgate::policy {
namespace {

using Verdict = CompiledValue::Verdict;

config::ValueSpec Username() {
  config::ValueSpec spec;
  spec.charset = "a-z0-9_.-";
  spec.length = config::Range{1, 64};
  spec.fold_lower = true;
  return spec;
}

Verdict Check(const config::ValueSpec& spec, std::string_view text) {
  config::Diagnostics diagnostics;
  const auto value = CompiledValue::Compile(spec, &diagnostics);
  EXPECT_NE(value, nullptr) << diagnostics.ToString();
  std::string scratch;
  return value->Check(text, &scratch);
}

TEST(ValueTest, SaysWhichRuleIsBroken) {
  config::ValueSpec text;
  text.length = config::Range{0, 3};
  config::ValueSpec pattern;
  pattern.pattern = "[a-z]+[0-9]";
  pattern.fold_lower = true;
  config::ValueSpec choice;
  choice.one_of = {"true", "false"};
  struct Case {
    config::ValueSpec spec;
    std::string text;
    Verdict verdict;
  };
  const Case kCases[] = {
      {Username(), "bob", Verdict::kOk},
      {Username(), "Bob", Verdict::kOk},
      {Username(), "", Verdict::kLength},
      {Username(), std::string(64, 'a'), Verdict::kOk},
      {Username(), std::string(65, 'a'), Verdict::kLength},
      {Username(), "b b", Verdict::kCharset},
      {Username(), std::string("b\0", 2), Verdict::kCharset},
      {Username(), "b\xC3\xB6", Verdict::kCharset},
      {Username(), std::string(33, '\xC3'), Verdict::kCharset},
      {text, "\xC3\xB6\xC3\xB6\xC3\xB6", Verdict::kOk},
      {text, "\xF0\x9F\x98\x80\xF0\x9F\x98\x80\xF0\x9F\x98\x80", Verdict::kOk},
      {text, "abcd", Verdict::kLength},
      {text, "\xC3", Verdict::kUtf8},
      {text, "\xED\xA0\x80", Verdict::kUtf8},
      {pattern, "ab1", Verdict::kOk},
      {pattern, "AB1", Verdict::kOk},
      {pattern, "ab1x", Verdict::kPattern},
      {pattern, "xab1\n", Verdict::kPattern},
      {choice, "true", Verdict::kOk},
      {choice, "True", Verdict::kOneOf},
      {choice, "", Verdict::kOneOf},
      {config::ValueSpec(), "anything \n at all", Verdict::kOk},
      {config::ValueSpec(), "\xFF", Verdict::kUtf8},
  };
  for (const Case& c : kCases) {
    EXPECT_EQ(VerdictName(Check(c.spec, c.text)), VerdictName(c.verdict))
        << c.text;
  }
}

TEST(ValueTest, OnlyUpperCaseNeedsFolding) {
  config::Diagnostics diagnostics;
  const auto folds = CompiledValue::Compile(Username(), &diagnostics);
  EXPECT_TRUE(folds->NeedsFold("Bob"));
  EXPECT_FALSE(folds->NeedsFold("bob_1"));
  const auto keeps = CompiledValue::Compile(config::ValueSpec(), &diagnostics);
  EXPECT_FALSE(keeps->NeedsFold("Bob"));
}

TEST(ValueTest, TheOperatorsKeysReplaceTheContracts) {
  config::ValueSpec own;
  own.length = config::Range{3, 32};
  const config::ValueSpec merged = MergeValue(Username(), own);
  EXPECT_EQ(merged.charset, Username().charset);
  EXPECT_EQ(merged.fold_lower, true);
  EXPECT_EQ(Check(merged, "bo"), Verdict::kLength);
  EXPECT_EQ(Check(merged, "bob"), Verdict::kOk);
  EXPECT_EQ(Check(merged, "b b"), Verdict::kCharset);
}

TEST(ValueTest, ABadCharsetOrPatternIsADiagnostic) {
  config::Diagnostics diagnostics;
  config::ValueSpec spec;
  spec.charset = "z-a";
  EXPECT_EQ(CompiledValue::Compile(spec, &diagnostics), nullptr);
  spec.charset.reset();
  spec.pattern = "a(";
  EXPECT_EQ(CompiledValue::Compile(spec, &diagnostics), nullptr);
  const auto list = diagnostics.Sorted();
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].message,
            "bad charset: the range ends before it begins: 'z-a'");
  EXPECT_EQ(list[1].message, "bad pattern: missing ): a(");
}

}  // namespace
}  // namespace headgate::policy
