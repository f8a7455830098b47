#include "config/print.h"

#include <string_view>

#include "base/json_writer.h"
#include "base/strings.h"
#include "config/sections.h"

namespace headgate::config {
namespace {

constexpr std::string_view kLetters =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

// Whether any YAML reader takes the bare text for just this string. Cautious:
// what it refuses is quoted.
bool IsPlain(std::string_view text) {
  for (const char* word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (EqualsIgnoreCase(text, word)) return false;
  }
  const std::string first = std::string(kLetters) + "/_0123456789";
  if (text.empty() || first.find(text[0]) == std::string::npos) return false;
  if (text.find_first_not_of(first + ".:@#+-") != std::string_view::npos) {
    return false;
  }
  // Numbers, dates and times have no letter, or one of 0x, 1e5.
  const bool is_word = kLetters.find(text[0]) != std::string_view::npos ||
                       text[0] == '/' || text.find("..") != text.npos ||
                       text.find('.') != text.rfind('.');
  return is_word && !text.ends_with(':');
}

std::string QuoteIfNeeded(std::string_view text) {
  if (IsPlain(text)) return std::string(text);
  std::string quoted;
  AppendJsonString(text, &quoted);  // YAML's double quotes take JSON's escapes
  return quoted;
}

void AppendBlock(const Node& node, size_t indent, std::string* out);

// What stands behind "key:" or "-", with the line's end.
void AppendValue(const Node& node, size_t indent, std::string* out) {
  const bool empty = node.items.empty() && node.entries.empty();
  if (node.is_scalar()) {
    StrAppend(out, " ", node.quoted ? QuoteIfNeeded(node.text) : node.text,
              "\n");
  } else if (empty) {
    StrAppend(out, node.is_list() ? " []\n" : node.is_map() ? " {}\n" : "\n");
  } else {
    *out += '\n';
    AppendBlock(node, indent, out);
  }
}

void AppendItem(const Node& item, size_t indent, std::string* out) {
  if (!item.is_map() || item.entries.empty()) {
    out->append(indent, ' ');
    *out += '-';
    return AppendValue(item, indent + 2, out);
  }
  // The first key stands on the line of the dash.
  const size_t begin = out->size();
  AppendBlock(item, indent + 2, out);
  (*out)[begin + indent] = '-';
}

void AppendBlock(const Node& node, size_t indent, std::string* out) {
  for (const Node& item : node.items) AppendItem(item, indent, out);
  for (const Entry& entry : node.entries) {
    out->append(indent, ' ');
    StrAppend(out, QuoteIfNeeded(entry.key), ":");
    AppendValue(entry.value, indent + 2, out);
  }
}

}  // namespace

std::string PrintYaml(const Node& node) {
  std::string out;
  if (node.is_scalar() || (node.items.empty() && node.entries.empty())) {
    AppendValue(node, 0, &out);
    return out.substr(out.find_first_not_of(' '));
  }
  AppendBlock(node, 0, &out);
  return out;
}

std::string PrintConfig(const Config& config) {
  return PrintYaml(ConfigType().write(config));
}

}  // namespace headgate::config
