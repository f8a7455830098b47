#include "tests/support/temp_dir.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/strings.h"
#include "gtest/gtest.h"

namespace headgate::test {

TempDir::TempDir()
    : path_((std::filesystem::temp_directory_path() / "headgate-XXXXXX")
                .string()) {
  if (mkdtemp(path_.data()) == nullptr) {
    ADD_FAILURE() << "cannot make a folder like " << path_;
  }
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string TempDir::File(std::string_view name) const {
  return StrCat(path_, "/", name);
}

std::string TempDir::Write(std::string_view name,
                           std::string_view content) const {
  const std::string path = File(name);
  const std::string unfinished = path + ".unfinished";
  {
    std::ofstream out(unfinished, std::ios::binary);
    out << content;
    if (!out.flush()) ADD_FAILURE() << "cannot write " << unfinished;
  }
  std::error_code error;
  std::filesystem::rename(unfinished, path, error);
  if (error) ADD_FAILURE() << path << ": " << error.message();
  return path;
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace headgate::test
