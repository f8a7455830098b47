// What the commands say to a person.
#ifndef HEADGATE_CLI_TERMINAL_H_
#define HEADGATE_CLI_TERMINAL_H_

#include <string_view>

namespace headgate::cli {

// Whether standard error takes colours: a terminal, and NO_COLOR is not set.
bool ErrorsTakeColor();
// The same of standard output.
bool OutputTakesColor();

// Writes all of `text`. False if standard output is closed or full.
bool PrintOut(std::string_view text);
void PrintError(std::string_view text);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_TERMINAL_H_
