// A line that shows how far something long has come, where a person looks at
// standard error; nothing at all elsewhere.
//
//   backing up  [##########----------]  50 %
//
// Belongs to one thread.
#ifndef HEADGATE_CLI_PROGRESS_H_
#define HEADGATE_CLI_PROGRESS_H_

#include <cstdint>
#include <string>

namespace headgate::cli {

class Progress {
 public:
  explicit Progress(std::string what);
  ~Progress();  // wipes the line
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Show(int64_t done, int64_t all);

 private:
  const std::string what_;
  const bool visible_;
  int64_t percent_ = -1;
};

// The line without its control codes.
std::string ProgressLine(const std::string& what, int64_t percent);

}  // namespace headgate::cli

#endif  // HEADGATE_CLI_PROGRESS_H_
