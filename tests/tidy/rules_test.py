#!/usr/bin/env python3
"""Tests of the rules: what each finds, and what it lets pass."""

import sys
import unittest

sys.dont_write_bytecode = True

import rules  # noqa: E402
from source import Source  # noqa: E402


def found(rule, text, path="policy/a.cc"):
    return [line for line, _ in rule(Source(path, text))]


def function_of(lines):
    return ("int F(int a,\n      int b) {\n" + "  ++a;\n" * (lines - 3)
            + "}\n")


class RulesTest(unittest.TestCase):

    def test_line_length(self):
        self.assertEqual(found(rules.line_length, "a" * 80 + "\n"), [])
        self.assertEqual(found(rules.line_length, "\n" + "a" * 81), [2])
        self.assertEqual(found(rules.line_length,
                               "// https://example.com/" + "a" * 80), [])

    def test_file_size(self):
        self.assertEqual(found(rules.file_size, "\n" * 500), [])
        self.assertEqual(found(rules.file_size, "\n" * 501), [501])

    def test_function_size(self):
        self.assertEqual(found(rules.function_size, function_of(60)), [])
        self.assertEqual(found(rules.function_size,
                               "\n" + function_of(61)), [2])

    def test_functions_of_every_shape_are_seen(self):
        body = " {\n" + "  x();\n" * 70 + "}\n"
        for head in ("void A::B() const", "A::A(int a) : a_(a), b_(0)",
                     "template <typename T>\nauto F(T t) -> int",
                     "bool operator==(const A& a, const A& b)",
                     "A& A::operator=(A&& a) noexcept"):
            self.assertEqual(len(found(rules.function_size, head + body)), 1,
                             head)
        for head in ("namespace a", "struct A", "constexpr int kTable[] =",
                     'extern "C"'):
            self.assertEqual(found(rules.function_size, head + body), [],
                             head)

    def test_data_does_not_make_a_function_long(self):
        table = "void F() {\n  const int rows[] = {\n%s  };\n%s}\n"
        row, call = "      {1, 2},\n", "  x();\n"
        self.assertEqual(found(rules.function_size,
                               table % (row * 200, call * 56)), [])
        self.assertEqual(found(rules.function_size,
                               table % (row * 200, call * 57)), [1])
        self.assertEqual(found(rules.function_size,
                               "void F() {\n  Expect({\n" + row * 99
                               + "  });\n}\n"), [])
        self.assertEqual(found(rules.function_size,
                               'void F() {\n  Read(R"(' + "a: b\n" * 99
                               + ')");\n}\n'), [])

    def test_functions_in_a_class_are_seen(self):
        text = "class A {\n public:\n" + function_of(61) + "};\n"
        self.assertEqual(found(rules.function_size, text), [3])

    def test_nesting(self):
        deep = "void F() {\nif (a) {\nfor (;;) {\nwhile (b) {\n%s}\n}\n}\n}\n"
        self.assertEqual(found(rules.nesting, deep % ""), [])
        self.assertEqual(found(rules.nesting, deep % "if (c) {\n}\n"), [5])
        lambdas = "void F() {\nG([&](int a) {\nH([] {\nI([] {\nif (a) {\n}"
        self.assertEqual(found(rules.nesting,
                               lambdas + "\n});\n});\n});\n}\n"), [])

    def test_layering(self):
        self.assertEqual(found(rules.layering,
                               '#include "base/strings.h"\n'
                               '#include "policy/engine.h"\n'
                               "#include <vector>\n"), [])
        self.assertEqual(found(rules.layering, '\n#include "proxy/a.h"\n'),
                         [2])
        self.assertEqual(found(rules.layering, "#include <event2/event.h>\n"),
                         [1])
        self.assertEqual(found(rules.layering, '#include "proxy/a.h"\n',
                               "tests/policy/a_test.cc"), [])
        self.assertEqual(found(rules.layering, '#include "tests/a.h"\n'), [1])

    def test_package_count(self):
        text = '#include "re2/re2.h"\n'
        sources = [Source(f"policy/{name}.cc", text) for name in "ab"]
        self.assertEqual(list(rules.package_count(sources)), [])
        sources.append(Source("policy/c.cc", text))
        self.assertEqual(len(list(rules.package_count(sources))), 1)

    def test_banned_code(self):
        for text in ("using namespace std;", "out << std::endl;",
                     "delete thing;", "TEST(A, DISABLED_B) {}"):
            self.assertEqual(found(rules.banned_code, text), [1], text)
        for text in ("// a new thing", 'Say("using namespace");',
                     "A(const A&) = delete;",
                     'R"(delete thing)"', "// it's new here\n"):
            self.assertEqual(found(rules.banned_code, text), [], text)

    def test_naked_new(self):
        self.assertEqual(found(rules.naked_new, "auto* a = new Thing();"), [1])
        for text in ("renew x;", "new (place) A();", "// a new thing",
                     "std::unique_ptr<A> a(new A);", "B::B() : a_(new A) {}",
                     "return std::unique_ptr<A>(new A(1, 2));"):
            self.assertEqual(found(rules.naked_new, text), [], text)

    def test_sleeps_are_banned_in_tests(self):
        text = "std::this_thread::sleep_for(second);"
        self.assertEqual(found(rules.banned_code, text), [])
        self.assertEqual(found(rules.banned_code, text, "tests/a_test.cc"),
                         [1])

    def test_banned_text(self):
        for text in ("// FIX" "ME", "# TO" "DO: later", "cd /wo" "rk/x",
                     "/tmp/h" "g/x", "/ro" "ot/x", "/ho" "me/someone"):
            self.assertEqual(found(rules.banned_text, text), [1], text)
        self.assertEqual(found(rules.banned_text, "a network/path"), [])

    def test_header_shape(self):
        guard = "#ifndef HEADGATE_A_B_H_\n#define HEADGATE_A_B_H_\n#endif\n"
        self.assertEqual(found(rules.header_shape,
                               "// What it is.\n" + guard, "a/b.h"), [])
        self.assertEqual(found(rules.header_shape, guard, "a/b.h"), [1])
        self.assertEqual(found(rules.header_shape, "// What.\n", "a/b.h"),
                         [1])


if __name__ == "__main__":
    unittest.main()
