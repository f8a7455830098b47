#include "config/file_path.h"

#include "base/strings.h"

namespace headgate::config {

std::string FolderOf(std::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == std::string_view::npos) return "";
  return std::string(path.substr(0, slash + 1));
}

std::string ResolvePath(std::string_view folder, std::string_view path) {
  if (folder.empty() || path.starts_with('/')) return std::string(path);
  return StrCat(folder, folder.ends_with('/') ? "" : "/", path);
}

}  // namespace headgate::config
