#include "cli/watch.h"

#include <sys/stat.h>

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace headgate::cli {

std::vector<FileState> StatesOf(const std::vector<std::string>& paths) {
  std::vector<FileState> states;
  for (const std::string& path : paths) {
    FileState state;
    struct stat found {};
    if (stat(path.c_str(), &found) == 0) {
      state = {.modified_ns = int64_t{found.st_mtim.tv_sec} * 1'000'000'000 +
                              found.st_mtim.tv_nsec,
               .bytes = found.st_size,
               .inode = found.st_ino};
    }
    states.push_back(state);
  }
  return states;
}

void WaitForChange(const std::vector<std::string>& paths,
                   const std::vector<FileState>& known) {
  while (StatesOf(paths) == known) absl::SleepFor(absl::Milliseconds(200));
}

}  // namespace headgate::cli
