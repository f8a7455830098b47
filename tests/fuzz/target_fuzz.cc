// Any bytes as a request target. What is accepted must be clean: visible ASCII,
// UTF-8 once decoded, without dot segments; and normal: once more changes
// nothing.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/percent.h"
#include "proxy/http/target.h"

namespace headgate::http {
namespace {

void Check(bool holds) {
  if (!holds) std::abort();
}

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(segment.size());
  }
  return false;
}

void CheckTarget(std::string_view input) {
  std::string storage;
  Target target;
  TargetError error;
  if (!NormalizeTarget(input, &storage, &target, &error)) {
    Check(!error.sentence.empty());
    return;
  }
  if (input == "*") return;
  for (unsigned char c : target.path) Check(c > 0x20 && c < 0x7f);
  for (unsigned char c : target.query) Check(c > 0x20 && c < 0x7f);
  Check(!HasDotSegment(target.path));
  std::string decoded;
  Check(PercentDecode(target.path, &decoded) && IsUtf8(decoded));
  Check(decoded.find('\0') == std::string::npos);

  std::string rebuilt(target.path);
  if (target.has_query) rebuilt.append("?").append(target.query);
  std::string second_storage;
  Target second;
  Check(NormalizeTarget(rebuilt, &second_storage, &second, &error));
  Check(second.path == target.path && second.query == target.query &&
        second.has_query == target.has_query);
}

}  // namespace
}  // namespace headgate::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Every target starts with '/' or is "*" or a query by the time it gets here.
  std::string input(reinterpret_cast<const char*>(data), size);
  if (!input.starts_with('?') && input != "*") input.insert(0, 1, '/');
  headgate::http::CheckTarget(input);
  return 0;
}
