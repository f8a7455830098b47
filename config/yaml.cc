#include "config/yaml.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <exception>
#include <map>
#include <sstream>
#include <utility>

#include "base/strings.h"
#include "base/utf8.h"
#include "config/yaml_places.h"

namespace headgate::config {
namespace {

// Thrown by the builder through yaml-cpp, which has no other way to be
// stopped, and caught in ParseYaml.
struct Stop {};

YamlMark ToMark(const YAML::Mark& mark) { return {mark.line, mark.column}; }

// What a tree weighs, for the limits.
struct Weight {
  size_t nodes = 0, bytes = 0, depth = 0;
};

Weight Weigh(const Node& node) {
  Weight sum = {.nodes = 1, .bytes = node.text.size(), .depth = 0};
  const auto add = [&sum](const Node& child) {
    const Weight weight = Weigh(child);
    sum.nodes += weight.nodes;
    sum.bytes += weight.bytes;
    sum.depth = std::max(sum.depth, weight.depth);
  };
  for (const Node& item : node.items) add(item);
  for (const Entry& entry : node.entries) {
    sum.bytes += entry.key.size();
    add(entry.value);
  }
  ++sum.depth;
  return sum;
}

// Builds the tree from yaml-cpp's events.
class Builder : public YAML::EventHandler {
 public:
  Builder(const YamlPlaces& places, Diagnostics* diagnostics)
      : places_(places), diagnostics_(diagnostics) {}

  Node TakeRoot() { return std::move(root_); }

  // The innermost list or map that is open, or `otherwise`.
  Location OpenPlace(Node::Kind kind, const Location& otherwise) const {
    for (auto open = stack_.rbegin(); open != stack_.rend(); ++open) {
      if (open->node.kind == kind) return open->node.at;
    }
    return otherwise;
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ == 0) return;
    Fail(places_.At(ToMark(mark)), "expected one YAML document, found a second",
         "if none was meant: is the line indented like those above?");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    Node node;
    node.at = places_.At(ToMark(mark));
    if (AwaitsKey()) Fail(node.at, "expected a key, found nothing");
    Attach(std::move(node), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag,
                YAML::anchor_t anchor, const std::string& value) override {
    Node node;
    node.kind = Node::Kind::kScalar;
    node.text = value;
    node.quoted = tag == "!";
    if (!places_.OfScalar(ToMark(mark), value, &node.at)) {
      Fail(node.at, "the closing quote is missing");
    }
    CheckTag(node.at, tag, "tag:yaml.org,2002:str");
    Attach(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Location at = places_.At(ToMark(mark));
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) Fail(at, "an alias stands inside of itself");
    const Weight& weight = found->second.weight;
    if (stack_.size() + weight.depth > kYamlDepthMax) FailDepth(at);
    Count(at, weight);
    Place(found->second.node, YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag,
                       YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    CheckTag(places_.At(ToMark(mark)), tag, "tag:yaml.org,2002:seq");
    Open(Node::Kind::kList, mark, anchor);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag,
                  YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    CheckTag(places_.At(ToMark(mark)), tag, "tag:yaml.org,2002:map");
    Open(Node::Kind::kMap, mark, anchor);
  }
  void OnMapEnd() override { Close(); }

 private:
  struct Anchored {
    Node node;
    Weight weight;
  };
  // A list or map that is still open.
  struct OpenNode {
    Node node;
    YAML::anchor_t anchor;
    bool has_key = false;  // a key waits for its value
    std::string key;
    Location key_at;
    StringMap<Location> keys;  // seen so far
  };

  [[noreturn]] void Fail(const Location& at, std::string message,
                         std::string hint = "") {
    diagnostics_->Add(at, std::move(message), std::move(hint));
    throw Stop();
  }
  [[noreturn]] void FailDepth(const Location& at) {
    Fail(at, StrCat("nested too deeply: at most ", kYamlDepthMax, " levels"));
  }

  bool AwaitsKey() const {
    return !stack_.empty() && stack_.back().node.is_map() &&
           !stack_.back().has_key;
  }

  void CheckTag(const Location& at, const std::string& tag,
                std::string_view accepted) {
    if (tag.empty() || tag == "?" || tag == "!" || tag == accepted) return;
    diagnostics_->Add(at, "YAML tags (!name) are not used here",
                      "remove the tag");
  }

  void Count(const Location& at, const Weight& weight) {
    nodes_ += weight.nodes;
    bytes_ += weight.bytes;
    if (nodes_ > kYamlNodesMax || bytes_ > kYamlExpandedBytesMax) {
      Fail(at, StrCat("too large: at most ", kYamlNodesMax, " values and ",
                      kYamlExpandedBytesMax >> 20,
                      " MiB of text, aliases expanded"));
    }
  }

  void Open(Node::Kind kind, const YAML::Mark& mark, YAML::anchor_t anchor) {
    const Location at = places_.At(ToMark(mark));
    if (AwaitsKey()) Fail(at, "expected a word as key, found a list or a map");
    if (stack_.size() >= kYamlDepthMax) FailDepth(at);
    Count(at, {.nodes = 1, .bytes = 0});
    OpenNode open;
    open.node.kind = kind;
    open.node.at = at;
    open.anchor = anchor;
    stack_.push_back(std::move(open));
  }

  void Close() {
    OpenNode closed = std::move(stack_.back());
    stack_.pop_back();
    Place(std::move(closed.node), closed.anchor);
  }

  void Attach(Node node, YAML::anchor_t anchor) {
    Count(node.at, {.nodes = 1, .bytes = node.text.size()});
    Place(std::move(node), anchor);
  }

  // Puts a finished node where it belongs.
  void Place(Node node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      const Weight weight = Weigh(node);
      Count(node.at, weight);
      anchors_[anchor] = {node, weight};
    }
    if (stack_.empty()) {
      root_ = std::move(node);
      return;
    }
    OpenNode& parent = stack_.back();
    if (parent.node.is_list()) {
      parent.node.items.push_back(std::move(node));
    } else if (!parent.has_key) {
      TakeKey(std::move(node), &parent);
    } else {
      TakeValue(std::move(node), &parent);
    }
  }

  void TakeKey(Node node, OpenNode* map) {
    if (!node.is_scalar()) {
      Fail(node.at, "expected a word as key, found a list or a map");
    }
    if (node.text == "<<" && !node.quoted) {
      Fail(node.at, "merge keys (<<) are not supported",
           "write the keys out, or give the whole value an alias");
    }
    map->has_key = true;
    map->key = std::move(node.text);
    map->key_at = node.at;
  }

  void TakeValue(Node node, OpenNode* map) {
    map->has_key = false;
    const auto [first, is_new] = map->keys.try_emplace(map->key, map->key_at);
    if (!is_new) {
      diagnostics_->Add(map->key_at, "duplicate key " + Quote(map->key),
                        StrCat("the first is at ", first->second.ToString()));
      return;
    }
    // yaml-cpp puts nothing where the next thing stands.
    if (node.is_null()) node.at = map->key_at;
    map->node.entries.push_back(
        {std::move(map->key), map->key_at, std::move(node)});
  }

  const YamlPlaces& places_;
  Diagnostics* const diagnostics_;
  Node root_;
  std::vector<OpenNode> stack_;
  std::map<YAML::anchor_t, Anchored> anchors_;
  int documents_ = 0;
  size_t nodes_ = 0, bytes_ = 0;
};

// Mistakes of YAML that people make often, and what to do.
std::string HintFor(std::string_view message) {
  struct Hint {
    std::string_view message, hint;
  };
  static const Hint kHints[] = {
      {YAML::ErrorMsg::MAP_VALUE, "a text with \": \" in it needs quotes"},
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "a \"}\" or \",\" is missing"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "a \"]\" or \",\" is missing"},
      {YAML::ErrorMsg::END_OF_MAP, "is the line indented like those above?"},
      {YAML::ErrorMsg::END_OF_SEQ, "is the line indented like those above?"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a closing quote is missing"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "quote a text that begins like this"},
  };
  for (const Hint& hint : kHints) {
    if (message == hint.message) return std::string(hint.hint);
  }
  return "";
}

// Where a bracket is missing, yaml-cpp points to the first byte of the file.
Location PlaceOf(const YAML::Exception& error, const YamlPlaces& places,
                 const Builder& builder) {
  const Location at = places.At(ToMark(error.mark));
  if (error.msg == YAML::ErrorMsg::END_OF_MAP_FLOW) {
    return builder.OpenPlace(Node::Kind::kMap, at);
  }
  if (error.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW) {
    return builder.OpenPlace(Node::Kind::kList, at);
  }
  return at;
}

// It does not say what a tab does: the line behind it just seems not to belong
// to those above.
void ReportError(const YAML::Exception& error, const YamlPlaces& places,
                 const Builder& builder, Diagnostics* diagnostics) {
  if (const auto tab = places.OfIndentingTab(ToMark(error.mark))) {
    diagnostics->Add(*tab, "not YAML: a tab indents this line",
                     "indent with spaces, not tabs");
    return;
  }
  diagnostics->Add(PlaceOf(error, places, builder),
                   "not YAML: " + Printable(error.msg), HintFor(error.msg));
}

// What yaml-cpp must not see: it would guess another encoding, or put
// replacement characters where it could not read.
bool CheckBytes(const SourceFile& file, const YamlPlaces& places,
                Diagnostics* diagnostics, const Location& whole) {
  if (file.text.size() > kYamlBytesMax) {
    diagnostics->Add(whole, StrCat("too large: at most ", kYamlBytesMax >> 20,
                                   " MiB, found ", file.text.size(), " bytes"));
    return false;
  }
  const size_t invalid = FindInvalidUtf8(file.text);
  if (invalid != std::string::npos) {
    diagnostics->Add(places.OfByte(invalid), "expected UTF-8 text");
    return false;
  }
  const size_t nul = file.text.find('\0');
  if (nul != std::string::npos) {
    diagnostics->Add(places.OfByte(nul), "expected text, found a NUL byte");
    return false;
  }
  return true;
}

}  // namespace

const Node* Node::Find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::optional<Node> ParseYaml(std::shared_ptr<const SourceFile> file,
                              Diagnostics* diagnostics) {
  const Location whole = {.file = file};
  const YamlPlaces places(file);
  if (!CheckBytes(*file, places, diagnostics, whole)) return std::nullopt;
  Builder builder(places, diagnostics);
  try {
    std::istringstream stream(file->text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(builder)) {
    }
    Node root = builder.TakeRoot();
    if (root.at.file == nullptr) root.at = places.OfByte(0);  // an empty file
    return root;
  } catch (const Stop&) {
    // Reported already.
  } catch (const YAML::Exception& error) {
    ReportError(error, places, builder, diagnostics);
  } catch (const std::exception& error) {
    diagnostics->Add(whole, StrCat("not YAML: ", error.what()));
  }
  return std::nullopt;
}

}  // namespace headgate::config
