#include "cli/progress.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/strings.h"
#include "cli/terminal.h"

namespace headgate::cli {

Progress::Progress(std::string what)
    : what_(std::move(what)), visible_(isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (percent_ >= 0) PrintError("\r\x1b[K");
}

void Progress::Show(int64_t done, int64_t all) {
  const int64_t percent =
      all <= 0 ? 100 : std::clamp(done, int64_t{0}, all) * 100 / all;
  if (!visible_ || percent == percent_) return;
  percent_ = percent;
  PrintError(StrCat("\r", ProgressLine(what_, percent)));
}

std::string ProgressLine(const std::string& what, int64_t percent) {
  const auto filled = static_cast<size_t>(percent / 5);
  const std::string_view pad = percent < 10    ? "   "
                               : percent < 100 ? "  "
                                               : " ";
  return StrCat(what, "  [", std::string(filled, '#'),
                std::string(20 - filled, '-'), "]", pad, percent, " %");
}

}  // namespace headgate::cli
