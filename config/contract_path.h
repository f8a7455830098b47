// Path templates of contract files: "/{org_name}/chatrooms/{chatroom_id}" and
// "/files/{rest...}". The router compiles them (policy/router.h); here they are
// checked and asked for their variables, so that a mistake has a caret.
//
// Pure functions, any thread.
#ifndef HEADGATE_CONFIG_CONTRACT_PATH_H_
#define HEADGATE_CONFIG_CONTRACT_PATH_H_

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace headgate::config {

struct PathTemplate {
  std::vector<std::string> variables;  // in the path's order, each once
  std::string tail;                    // the variable of "{rest...}", or empty
};

// What is wrong with `path`; empty: nothing, and `*result` is set.
std::string ParsePath(std::string_view path, PathTemplate* result);

// The same text for paths that match the same requests: variables lose their
// names. `lists` gives the separators of those that are lists: a list and a
// plain variable at the same place are two requests.
std::string PathShape(std::string_view path,
                      const std::map<std::string, char>& lists);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_CONTRACT_PATH_H_
