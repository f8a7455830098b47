#include "cli/cases/json_text.h"

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string_view>

#include "base/json_writer.h"
#include "base/strings.h"
#include "cli/cases/load.h"
#include "config/reader.h"

namespace headgate::cli {
namespace {

using config::Node;

template <typename Number>
bool ParseWhole(std::string_view text, Number* number) {
  const char* end = text.data() + text.size();
  const auto parsed = std::from_chars(text.data(), end, *number);
  return parsed.ec == std::errc() && parsed.ptr == end;
}

// JSON's own way to write one, so that "1.", "0x1", "nan" and "007" are texts.
bool LooksLikeNumber(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || text.find_first_not_of("0123456789.eE+-") != text.npos) {
    return false;
  }
  const bool leading_zero =
      text.size() > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9';
  return text[0] >= '0' && text[0] <= '9' && !leading_zero &&
         !text.ends_with('.');
}

void WriteScalar(const Node& node, JsonWriter* writer) {
  int64_t integer = 0;
  uint64_t large = 0;
  double number = 0;
  if (node.quoted) {
    writer->String(node.text);
  } else if (node.text == "true" || node.text == "false") {
    writer->Boolean(node.text == "true");
  } else if (!LooksLikeNumber(node.text)) {
    writer->String(node.text);
  } else if (ParseWhole(node.text, &integer)) {
    writer->Integer(integer);
  } else if (ParseWhole(node.text, &large)) {
    writer->Unsigned(large);
  } else if (ParseWhole(node.text, &number)) {
    writer->Number(number);
  } else {
    writer->String(node.text);
  }
}

// A text with one %d, or %0Nd, in it; %% is a percent sign.
class Format {
 public:
  // Nothing if it is none.
  static std::optional<Format> Parse(std::string_view text) {
    Format format;
    bool seen = false;
    while (!text.empty()) {
      const size_t percent = text.find('%');
      std::string& part = seen ? format.after_ : format.before_;
      part += text.substr(0, percent);
      if (percent == text.npos) break;
      text.remove_prefix(percent + 1);
      if (text.starts_with('%')) {
        part += '%';
        text.remove_prefix(1);
      } else if (seen || !format.TakeConversion(&text)) {
        return std::nullopt;
      } else {
        seen = true;
      }
    }
    return seen ? std::optional<Format>(format) : std::nullopt;
  }

  std::string Apply(int64_t number) const {
    char digits[32];
    const int size = std::snprintf(digits, sizeof digits, "%0*lld", width_,
                                   static_cast<long long>(number));
    return StrCat(before_, std::string_view(digits, static_cast<size_t>(size)),
                  after_);
  }

 private:
  bool TakeConversion(std::string_view* text) {
    if (text->starts_with('0') && text->size() > 1) {
      const char width = (*text)[1];
      if (width < '1' || width > '9') return false;
      width_ = width - '0';
      text->remove_prefix(2);
    }
    if (!text->starts_with('d')) return false;
    text->remove_prefix(1);
    return true;
  }

  std::string before_, after_;
  int width_ = 1;
};

class TextWriter {
 public:
  TextWriter(Budget* budget, config::Diagnostics* diagnostics, std::string* out)
      : budget_(budget), diagnostics_(diagnostics), out_(out), writer_(out) {}

  bool Write(const Node& node) {
    switch (node.kind) {
      case Node::Kind::kNull:
        writer_.Null();
        return true;
      case Node::Kind::kScalar:
        WriteScalar(node, &writer_);
        return true;
      case Node::Kind::kList:
        return WriteList(node);
      case Node::Kind::kMap:
        return node.Find("$range") != nullptr ? WriteRange(node)
                                              : WriteMap(node);
    }
    return false;
  }

 private:
  bool WriteList(const Node& node) {
    bool good = true;
    writer_.StartArray();
    for (const Node& item : node.items) good = Write(item) && good;
    writer_.EndArray();
    return good;
  }

  bool WriteMap(const Node& node) {
    bool good = true;
    writer_.StartObject();
    for (const config::Entry& entry : node.entries) {
      writer_.Key(entry.key);
      good = Write(entry.value) && good;
    }
    writer_.EndObject();
    return good;
  }

  struct Range {
    int64_t from = 0, to = 0;
    std::optional<Format> format, key;
  };

  // {$range: {from: 1, to: 60, format: "user%d"}}
  bool WriteRange(const Node& node) {
    Range range;
    if (!ReadRange(node, &range)) return false;
    const bool object = range.key.has_value();
    object ? writer_.StartObject() : writer_.StartArray();
    bool good = true;
    for (int64_t number = range.from; good && number <= range.to; ++number) {
      if (object) writer_.Key(range.key->Apply(number));
      if (range.format) {
        writer_.String(range.format->Apply(number));
      } else {
        writer_.Integer(number);
      }
      const size_t written = out_->size() - counted_;
      counted_ = out_->size();
      good = budget_->TakeBytes(written, node.at, diagnostics_);
    }
    object ? writer_.EndObject() : writer_.EndArray();
    return good;
  }

  bool ReadRange(const Node& node, Range* range) {
    config::MapReader outer(node, diagnostics_);
    config::MapReader map(*outer.Find("$range"), diagnostics_);
    bool good = ReadBound(&map, "from", &range->from);
    good = ReadBound(&map, "to", &range->to) && good;
    good = ReadFormat(&map, "format", &range->format) && good;
    good = ReadFormat(&map, "key", &range->key) && good;
    return good && CheckRange(node, range->from, range->to);
  }

  bool ReadFormat(config::MapReader* map, std::string_view key,
                  std::optional<Format>* format) {
    const Node* text = map->Find(key);
    if (text == nullptr) return true;
    *format = Format::Parse(text->text);
    return format->has_value() ||
           config::ReportUnexpected(*text, "a text with one %d in it",
                                    diagnostics_);
  }

  bool ReadBound(config::MapReader* map, std::string_view key, int64_t* bound) {
    const Node* node = map->Require(key);
    constexpr int64_t kMost = 1'000'000'000'000;
    return node != nullptr &&
           config::ReadInteger(*node, {.min = -kMost, .max = kMost},
                               diagnostics_, bound);
  }

  // `to` below `from` by one is a list of nothing, which a row may want.
  bool CheckRange(const Node& node, int64_t from, int64_t to) {
    const Node& range = *node.Find("$range");
    if (to < from - 1) {
      diagnostics_->Add(range.Find("to")->at,
                        StrCat("expected at least ", from - 1, ", found ", to),
                        "`to` belongs to the range");
      return false;
    }
    if (to - from < kRangeItemsMax) return true;
    diagnostics_->Add(range.at,
                      StrCat("the range is too large: at most ", kRangeItemsMax,
                             " values, found ", to - from + 1));
    return false;
  }

  Budget* budget_;
  config::Diagnostics* diagnostics_;
  std::string* out_;
  JsonWriter writer_;
  size_t counted_ = 0;  // of `out_`, taken from the budget
};

}  // namespace

bool WriteJsonText(const Node& node, Budget* budget,
                   config::Diagnostics* diagnostics, std::string* out) {
  out->clear();
  TextWriter writer(budget, diagnostics, out);
  return writer.Write(node);
}

}  // namespace headgate::cli
