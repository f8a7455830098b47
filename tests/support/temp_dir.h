// A new empty folder for one test, removed with all that is in it.
#ifndef HEADGATE_TESTS_SUPPORT_TEMP_DIR_H_
#define HEADGATE_TESTS_SUPPORT_TEMP_DIR_H_

#include <string>
#include <string_view>

namespace headgate::test {

class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  const std::string& path() const { return path_; }
  // The path of `name` in this folder.
  std::string File(std::string_view name) const;
  // Writes `name` by a rename, so that nobody sees half of it; its path.
  std::string Write(std::string_view name, std::string_view content) const;

 private:
  std::string path_;
};

// The whole file; "" if there is none.
std::string ReadFile(const std::string& path);

}  // namespace headgate::test

#endif  // HEADGATE_TESTS_SUPPORT_TEMP_DIR_H_
