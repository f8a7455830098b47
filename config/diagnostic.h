// What is wrong in an operator's file, and where.
//
//   headgate.yaml:7:9: error: unknown key "adress"
//     - adress: 127.0.0.1:8080
//       ^~~~~~
//   did you mean "address"?
//
// A reader never stops at the first mistake: it reports each one here and goes
// on with a default, so that all of them are shown in one run.
//
// The quoted line is safe to print: control characters are '?', a long line is
// cut around the caret, and what stands behind a key such as `api_key` is
// starred out, since diagnostics of a reload go to the log.
#ifndef HEADGATE_CONFIG_DIAGNOSTIC_H_
#define HEADGATE_CONFIG_DIAGNOSTIC_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::config {

// A file's name and text, shared by all locations in it.
struct SourceFile {
  std::string name;
  std::string text;
};

// A place in a file. Line and column count from 1; line 0 means "the file as a
// whole", and no file at all a value that no file gave (a default).
struct Location {
  std::shared_ptr<const SourceFile> file;
  int line = 0;
  int column = 0;
  int length = 1;  // how many characters the caret underlines
  // A secret stands here: what is shown of the line ends before it.
  bool secret = false;

  // "headgate.yaml:7:9", or "(default)".
  std::string ToString() const;
};

struct Diagnostic {
  Location at;
  std::string message;  // "unknown key \"adress\""
  std::string hint;     // "did you mean \"address\"?"; may be empty

  // The four lines above, without a final newline. `color` adds ANSI colours.
  std::string ToString(bool color = false) const;
};

inline constexpr size_t kDiagnosticsMax = 200;

// Collects. Not thread-safe.
class Diagnostics {
 public:
  // Keeps the first kDiagnosticsMax and counts the rest.
  void Add(const Location& at, std::string message, std::string hint = "");

  bool empty() const { return list_.empty(); }
  // Whether there is one for this very place.
  bool HasAt(const Location& at) const;
  bool full() const { return list_.size() == kDiagnosticsMax; }
  // Sorted by file, line and column.
  std::vector<Diagnostic> Sorted() const;
  // All of them, each followed by an empty line, and a closing count.
  std::string ToString(bool color = false) const;

 private:
  std::vector<Diagnostic> list_;
  size_t left_out_ = 0;
};

// For messages: a text from outside, cut where it is long, with '?' for what
// cannot be shown; and the same in double quotes.
std::string Printable(std::string_view text);
std::string Quote(std::string_view text);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_DIAGNOSTIC_H_
