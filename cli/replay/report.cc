#include "cli/replay/report.h"

#include <algorithm>
#include <utility>

#include "base/json_writer.h"
#include "base/strings.h"
#include "base/time_text.h"
#include "config/diagnostic.h"
#include "policy/catalogue.h"
#include "proxy/access_log.h"

namespace headgate::cli {
namespace {

using Kind = ReplayOutcome::Kind;

constexpr std::string_view kCutReason = "its body was never read";

ShownDecision Show(const ReplayOutcome& outcome) {
  if (outcome.kind == Kind::kAllow) return {.decision = "allow"};
  if (outcome.kind == Kind::kOpen) return {.decision = "open"};
  const policy::Decision& decision = *outcome.decision;
  ShownDecision shown = {.decision = "deny", .rule = decision.rule};
  if (decision.rule_at != nullptr) shown.at = decision.rule_at->ToString();
  shown.status = policy::RefusalStatus(decision.refusal);
  if (decision.error != nullptr) {
    shown.status = decision.error->status;
    shown.error = decision.error->code;
  }
  return shown;
}

// Whether a client would see another decision. Places of rules may move.
bool Same(const ShownDecision& a, const ShownDecision& b) {
  return std::tie(a.decision, a.rule, a.status, a.error) ==
         std::tie(b.decision, b.rule, b.status, b.error);
}

// "deny 400 illegal_argument by RULE  (new.yaml:9:7)"
std::string Describe(const ShownDecision& shown) {
  if (shown.decision == "allow") return "allow";
  if (shown.decision == "open") {
    return "allow, if its body is good, which was never read";
  }
  std::string text = StrCat("deny ", shown.status);
  if (!shown.error.empty()) StrAppend(&text, " ", shown.error);
  StrAppend(&text, " by ", shown.rule);
  if (!shown.at.empty()) StrAppend(&text, "  (", shown.at, ")");
  return text;
}

void WriteDecision(std::string_view key, const ShownDecision& shown,
                   JsonWriter* writer) {
  writer->Key(key);
  writer->StartObject();
  writer->Member("decision", shown.decision);
  if (shown.decision == "deny") {
    writer->Member("rule", shown.rule);
    if (!shown.at.empty()) writer->Member("at", shown.at);
    writer->Member("status", shown.status);
    if (!shown.error.empty()) writer->Member("error", shown.error);
  }
  writer->EndObject();
}

void WriteCounts(std::string_view key, const DiffReport::Counts& counts,
                 JsonWriter* writer) {
  writer->Key(key);
  writer->StartObject();
  writer->Member("allowed", counts.allowed);
  writer->Member("denied", counts.denied);
  writer->Member("delayed", counts.delayed);
  writer->Member("shadow_denied", counts.shadow_denied);
  writer->Member("candidate_denied", counts.candidate_denied);
  writer->EndObject();
}

std::string Calls(int64_t count) {
  return StrCat(count, count == 1 ? " call" : " calls");
}

std::string Lines(int64_t count) {
  return StrCat(count, count == 1 ? " line" : " lines");
}

void AppendFigure(std::string_view what, int64_t before, int64_t after,
                  std::string* out) {
  if (before == 0 && after == 0) return;
  StrAppend(out, "  ", what, ": ", before, " -> ", after, "\n");
}

}  // namespace

void DiffReport::Count(const ReplayOutcome& outcome, Counts* counts) {
  ++(outcome.kind == Kind::kDeny ? counts->denied : counts->allowed);
  const policy::RateDecision& rate = outcome.decision->rate;
  if (rate.delay_us > 0) ++counts->delayed;
  if (rate.would_deny || rate.would_delay_us > 0) ++counts->shadow_denied;
  if (rate.candidate_denies) ++counts->candidate_denied;
}

void DiffReport::Add(const ReplayCall& call, const ReplayOutcome& before,
                     const ReplayOutcome& after, const std::string& log) {
  for (const ReplayOutcome* outcome : {&before, &after}) {
    if (outcome->kind == Kind::kUnknown)
      return AddUnknown(outcome->why_unknown);
  }
  if (before.kind == Kind::kOpen && after.kind == Kind::kOpen) {
    return AddUnknown(kCutReason);
  }
  ++decided_;
  Count(before, &before_);
  Count(after, &after_);
  const ShownDecision was = Show(before), is = Show(after);
  if ((was.decision == "allow") == call.allowed && was.rule == call.rule) {
    ++as_recorded_;
  }
  if (Same(was, is)) return;
  ++changed_;
  // What begins to deny, or else what ceases to.
  const std::string& rule = is.rule.empty() ? was.rule : is.rule;
  const Key key(rule, call.app, Describe(was), Describe(is));
  const auto found = groups_.find(key);
  if (found != groups_.end()) {
    ++found->second.calls;
    return;
  }
  if (groups_.size() >= kGroupsMax) {
    ++ungrouped_;
    return;
  }
  std::string time;
  AppendTimeText(call.started_us, proxy::kLogTimeDigits, &time);
  groups_[key] = {.rule = rule,
                  .app = call.app,
                  .calls = 1,
                  .before = was,
                  .after = is,
                  .log = StrCat(log, ":", call.line),
                  .time = std::move(time),
                  .request_id = call.request_id,
                  .method = call.method,
                  .path = call.path};
}

std::vector<const DiffReport::Group*> DiffReport::Groups() const {
  std::vector<const Group*> groups;
  for (const auto& [key, group] : groups_) groups.push_back(&group);
  std::stable_sort(
      groups.begin(), groups.end(),
      [](const Group* a, const Group* b) { return a->calls > b->calls; });
  return groups;
}

int64_t DiffReport::unknown() const {
  int64_t count = 0;
  for (const auto& [why, lines] : unknown_) count += lines;
  return count;
}

// What a reader must know to trust the rest.
std::string DiffReport::Notes() const {
  std::string text;
  AppendFigure("calls that wait for a free slot", before_.delayed,
               after_.delayed, &text);
  AppendFigure("calls that shadow mode would deny", before_.shadow_denied,
               after_.shadow_denied, &text);
  AppendFigure("calls that the candidate limits would deny",
               before_.candidate_denied, after_.candidate_denied, &text);
  if (as_recorded_ < decided_) {
    StrAppend(&text, "  ", decided_ - as_recorded_, " of ", Calls(decided_),
              ": the old policy decides otherwise than the log says\n");
  }
  if (late_ > 0) {
    StrAppend(&text, "  ", Calls(late_),
              ": more than 10 s late in the log, decided when found\n");
  }
  if (not_decided_ > 0) {
    StrAppend(&text, "  ", Lines(not_decided_),
              " left out: no policy decided the exchange\n");
  }
  for (const auto& [why, lines] : unknown_) {
    StrAppend(&text, "  ", Lines(lines), " cannot be decided again: ", why,
              "\n");
  }
  return text;
}

std::string DiffReport::Pretty(bool color) const {
  const std::string_view bold = color ? "\x1b[1m" : "";
  const std::string_view plain = color ? "\x1b[0m" : "";
  const auto shown = [](const std::string& text) {
    return config::Printable(text);
  };
  std::string text;
  for (const Group* group : Groups()) {
    StrAppend(&text, bold, group->rule, plain);
    if (!group->app.empty()) StrAppend(&text, ", app ", shown(group->app));
    StrAppend(&text, ": ", Calls(group->calls), "\n",
              "  was: ", Describe(group->before), "\n",
              "  now: ", Describe(group->after), "\n", "  first: ", group->time,
              " ", shown(group->request_id), " ", shown(group->method), " ",
              shown(group->path), "  (", group->log, ")\n\n");
  }
  if (ungrouped_ > 0) {
    StrAppend(&text, "and ", Calls(ungrouped_),
              " of further rules and apps\n\n");
  }
  StrAppend(&text, changed_, " of ", decided_, " decisions change\n", Notes());
  return text;
}

std::string DiffReport::Json() const {
  std::string text;
  JsonWriter writer(&text);
  writer.StartObject();
  writer.Member("decided", decided_);
  writer.Member("changed", changed_);
  writer.Member("otherwise_than_recorded", decided_ - as_recorded_);
  writer.Member("late", late_);
  writer.Member("not_decided", not_decided_);
  writer.Member("unknown", unknown());
  writer.Key("unknown_because");
  writer.StartObject();
  for (const auto& [why, lines] : unknown_) writer.Member(why, lines);
  writer.EndObject();
  WriteCounts("old", before_, &writer);
  WriteCounts("new", after_, &writer);
  writer.Member("ungrouped", ungrouped_);
  writer.Key("groups");
  writer.StartArray();
  for (const Group* group : Groups()) {
    writer.StartObject();
    writer.Member("rule", group->rule);
    writer.Member("app", group->app);
    writer.Member("calls", group->calls);
    WriteDecision("old", group->before, &writer);
    WriteDecision("new", group->after, &writer);
    writer.Key("first");
    writer.StartObject();
    writer.Member("line", group->log);
    writer.Member("time", group->time);
    writer.Member("request_id", group->request_id);
    writer.Member("method", group->method);
    writer.Member("path", group->path);
    writer.EndObject();
    writer.EndObject();
  }
  writer.EndArray();
  writer.EndObject();
  return text + "\n";
}

}  // namespace headgate::cli
