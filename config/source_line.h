// The line of a file that a diagnostic quotes, made safe to print.
#ifndef HEADGATE_CONFIG_SOURCE_LINE_H_
#define HEADGATE_CONFIG_SOURCE_LINE_H_

#include <string>

#include "config/diagnostic.h"

namespace headgate::config {

// A line and the carets below it, both without indentation of the file's own:
// "- adress: x" and "  ^~~~~~".
struct SourceLine {
  std::string text;
  std::string carets;
};

// Empty if the place is no line of a file.
SourceLine QuoteLine(const Location& at);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_SOURCE_LINE_H_
