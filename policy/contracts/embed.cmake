# Writes a C++ file with the text of each contract: cmake -D FOLDER=... -D
# OUTPUT=... -P embed.cmake. A raw string literal holds a file; the longest that
# every compiler takes is far above what a contract needs.
file(GLOB files ${FOLDER}/*.yaml)
list(SORT files)
set(entries "")
foreach(file IN LISTS files)
  file(READ ${file} text)
  if(NOT text MATCHES "\ncontract: ([a-z0-9-]+)\n")
    message(FATAL_ERROR "${file} names no contract")
  endif()
  string(APPEND entries
    "      {\"${CMAKE_MATCH_1}\", R\"headgate(${text})headgate\"},\n")
endforeach()
file(WRITE ${OUTPUT}
  "// Made by policy/contracts/embed.cmake.\n"
  "#include \"policy/contracts/builtin.h\"\n\n"
  "namespace headgate::policy {\n\n"
  "const std::map<std::string, std::string>& BuiltinContracts() {\n"
  "  static const std::map<std::string, std::string> contracts = {\n"
  "${entries}"
  "  };\n"
  "  return contracts;\n"
  "}\n\n"
  "}  // namespace headgate::policy\n")
