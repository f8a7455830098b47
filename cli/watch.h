// Waits until one of some files is changed, made, replaced or removed.
#ifndef HEADGATE_CLI_WATCH_H_
#define HEADGATE_CLI_WATCH_H_

#include <cstdint>
#include <string>
#include <vector>

namespace headgate::cli {

// What tells one state of a file from another; a file that is not there has a
// state too.
struct FileState {
  int64_t modified_ns = 0;
  int64_t bytes = -1;
  uint64_t inode = 0;
  bool operator==(const FileState&) const = default;
};
std::vector<FileState> StatesOf(const std::vector<std::string>& paths);

// Looks every fifth of a second, until the states differ from `known`.
void WaitForChange(const std::vector<std::string>& paths,
                   const std::vector<FileState>& known);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_WATCH_H_
