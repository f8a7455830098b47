// Any text. What the quick look takes for JSON, the reader must take too.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/json_reader.h"
#include "base/plain_json.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static headgate::JsonReader reader;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (headgate::IsPlainlyJson(text) && !reader.Read(text)) std::abort();
  return 0;
}
