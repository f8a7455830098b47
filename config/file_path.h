// Paths that a file names are relative to the folder of that file. Pure
// functions, any thread.
//
//   ResolvePath(FolderOf("conf/gateway.yaml"), "key.pem")   // "conf/key.pem"
#ifndef HEADGATE_CONFIG_FILE_PATH_H_
#define HEADGATE_CONFIG_FILE_PATH_H_

#include <string>
#include <string_view>

namespace headgate::config {

// With the slash at its end; "" for a file of the working directory.
std::string FolderOf(std::string_view path);

// `path` as seen from the working directory; an absolute one as it is.
std::string ResolvePath(std::string_view folder, std::string_view path);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_FILE_PATH_H_
