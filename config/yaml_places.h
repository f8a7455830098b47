// From the places of yaml-cpp, lines and bytes counted from 0, to Locations.
//
// Not thread-safe: it remembers where it last counted, since a file may be one
// long line.
#ifndef HEADGATE_CONFIG_YAML_PLACES_H_
#define HEADGATE_CONFIG_YAML_PLACES_H_

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/diagnostic.h"

namespace headgate::config {

// line -1: none.
struct YamlMark {
  int line = -1;
  int column = -1;
};

class YamlPlaces {
 public:
  explicit YamlPlaces(std::shared_ptr<const SourceFile> file);

  Location At(YamlMark mark) const;

  // A scalar's place, behind its anchor and tag; the caret underlines it as far
  // as the line goes. False if it is quoted and the closing quote is missing,
  // which yaml-cpp does not always notice.
  bool OfScalar(YamlMark mark, std::string_view value, Location* at) const;

  Location OfByte(size_t offset) const;

  // The first tab before the words of the mark's line. Nothing: there is none.
  std::optional<Location> OfIndentingTab(YamlMark mark) const;

 private:
  std::string_view text() const { return file_->text; }
  size_t OffsetOf(YamlMark mark) const;
  size_t SkipProperties(size_t begin) const;
  size_t CharactersBefore(YamlMark mark) const;

  // How many characters stand before a place.
  struct Counted {
    YamlMark mark;
    size_t characters = 0;
  };
  mutable Counted counted_;
  std::shared_ptr<const SourceFile> file_;
  std::vector<size_t> line_begins_;
};

// How many bytes the quoted scalar takes that `text` begins with, quotes and
// all; npos if the closing quote is missing.
size_t QuotedBytes(std::string_view text);

}  // namespace headgate::config

#endif  // HEADGATE_CONFIG_YAML_PLACES_H_
