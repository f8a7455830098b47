#include "policy/compiler.h"

#include <optional>
#include <utility>

#include "policy/limits.h"

namespace headgate::policy {
namespace {

// What is listed in plain, or by its hash.
std::optional<SecretDigest> DigestOf(const Secret& plain,
                                     const std::string& sha256) {
  if (!plain.empty()) return SecretDigest::FromPlain(plain.Reveal());
  return SecretDigest::FromHex(sha256);
}

// Whether `path` is `prefix` or goes on with another segment.
bool BeginsWithSegments(std::string_view path, std::string_view prefix) {
  return path.starts_with(prefix) &&
         (path.size() == prefix.size() || path[prefix.size()] == '/');
}

// What the router must know of a variable.
void CompileSegment(const CompiledService& service,
                    const config::Operation& operation,
                    TemplateSegment* segment) {
  std::string value = segment->text;
  const auto own = operation.path_variables.find(segment->text);
  if (own != operation.path_variables.end()) {
    if (own->second.list) segment->separator = own->second.separator;
    if (!own->second.value.empty()) value = own->second.value;
  }
  const auto found = service.rules->values.find(value);
  segment->may_be_empty =
      segment->separator == 0 && found != service.rules->values.end() &&
      found->second != nullptr && found->second->spec().empty.has_value();
}

}  // namespace

Compiler::Compiler(const config::Config& config,
                   config::Diagnostics* diagnostics)
    : diagnostics_(diagnostics), policy_(new Policy) {
  policy_->config_ = config;
}

std::shared_ptr<const Policy> Compiler::Run() {
  for (const config::Service& spec : policy_->config_.services) {
    CompileService(spec);
  }
  if (found_.empty()) return std::move(policy_);
  for (config::Diagnostic& mistake : found_.Sorted()) {
    diagnostics_->Add(mistake.at, std::move(mistake.message),
                      std::move(mistake.hint));
  }
  return nullptr;
}

void Compiler::CompileService(const config::Service& spec) {
  const auto contract = policy_->config_.contracts.find(spec.name);
  if (contract == policy_->config_.contracts.end()) {
    found_.Add(spec.at, StrCat("there is no contract \"", spec.name, "\""));
    return;
  }
  auto service = std::make_unique<CompiledService>();
  service->name = spec.name;
  service->index = static_cast<int>(policy_->services_.size());
  service->spec = spec;
  service->contract = contract->second;
  service->catalogue = std::make_unique<Catalogue>(service->contract);
  service->challenge =
      Challenge(CredentialKindFromName(service->contract.credentials)
                    .value_or(CredentialKind::kNone),
                service->name);
  service->rules = std::make_unique<ServiceRules>();
  policy_->families_.Add(service->contract, service->index);
  CompileValues(service.get());
  CompileRefusals(service.get());
  for (const config::Operation& operation : service->contract.operations) {
    CompileOperation(operation, service.get());
  }
  for (const config::App& app : spec.apps) CompileApp(app, service.get());
  policy_->services_.push_back(std::move(service));
}

void Compiler::CompileValues(CompiledService* service) {
  for (const auto& [name, spec] : service->contract.values) {
    const auto own = service->spec.values.find(name);
    const bool changed = own != service->spec.values.end();
    service->rules->values[name] = CompiledValue::Compile(
        changed ? MergeValue(spec, own->second) : spec, &found_);
  }
}

void Compiler::CompileRefusals(CompiledService* service) {
  ServiceRules& rules = *service->rules;
  const auto rule = [service](std::string name, const config::Location& at,
                              Refusal refusal) {
    return MakeRule(*service->catalogue, std::move(name), at, refusal, "");
  };
  const config::Location& contract_at = service->contract.at;
  rules.no_operation = rule("route", contract_at, Refusal::kNoOperation);
  rules.wrong_method = rule("route", contract_at, Refusal::kWrongMethod);
  rules.bad_path = rule("route", contract_at, Refusal::kBadPath);
  const std::string name = StrCat(service->name, ".authenticate");
  const config::Location& at = service->spec.at;
  rules.no_credentials = rule(name, at, Refusal::kNoCredentials);
  rules.malformed_credentials = rule(name, at, Refusal::kMalformedCredentials);
  rules.bad_credentials = rule(name, at, Refusal::kBadCredentials);
  rules.unknown_app = rule(name, at, Refusal::kUnknownApp);

  // Without an upstream nobody else would check them.
  rules.verifies =
      !service->spec.upstream ||
      service->spec.authenticate == config::Service::Authenticate::kVerify;
}

CompileContext Compiler::ContextOf(const CompiledService& service,
                                   const std::string& operation) {
  return {*service.catalogue, service.rules->values, operation, &found_};
}

void Compiler::CompileOperation(const config::Operation& spec,
                                CompiledService* service) {
  auto operation = std::make_unique<CompiledOperation>();
  operation->name = spec.name;
  operation->index = policy_->operations_++;
  operation->position = static_cast<int>(service->operations.size());
  operation->service = service;
  operation->spec = spec;
  operation->streams_body = spec.body.kind == config::BodySpec::Kind::kAny;
  const ChosenLimit chosen =
      ChooseLimit(service->contract, service->spec, nullptr, spec.name);
  operation->limit = chosen.limit;
  operation->limit_rule = chosen.rule;
  operation->limit_at = chosen.at;
  CompileRules(*service, operation.get());
  AddRoutes(*service, *operation);
  service->operations.push_back(std::move(operation));
}

void Compiler::CompileRules(const CompiledService& service,
                            CompiledOperation* operation) {
  const config::Operation& spec = operation->spec;
  const CompileContext context = ContextOf(service, spec.name);
  auto rules = std::make_unique<OperationRules>();
  rules->limiter_name = StrCat(service.name, ".", spec.name);
  rules->rate_text = MakeRateHeaderText(spec.name, operation->limit);
  const std::string& kind =
      spec.credentials.value_or(service.contract.credentials);
  if (const auto found = CredentialKindFromName(kind); found) {
    rules->credentials = *found;
  } else {
    found_.Add(spec.at, StrCat("unknown kind of credentials \"", kind, "\""),
               "none, bearer, basic or api_key");
  }
  operation->challenge = rules->credentials == CredentialKind::kNone
                             ? service.challenge
                             : Challenge(rules->credentials, service.name);
  const auto rule = [&](std::string_view aspect, Refusal refusal,
                        const std::string& error) {
    return MakeRule(*service.catalogue, StrCat(spec.name, aspect), spec.at,
                    refusal, error);
  };
  rules->limit = MakeRule(*service.catalogue, operation->limit_rule,
                          operation->limit_at, Refusal::kRate, "");
  if (!spec.deny.empty()) {
    rules->deny = rule(".deny", Refusal::kForbidden, spec.deny);
  }
  if (!spec.grants.empty()) {
    rules->grants =
        GrantsPath(spec.grants, rule(".grants", Refusal::kForbidden, ""));
  }
  rules->query = CompiledQuery::Compile(context, spec);
  rules->body = CompiledBody::Compile(context, spec);
  operation->rules = std::move(rules);
}

void Compiler::CompileApp(const config::App& spec, CompiledService* service) {
  auto app = std::make_unique<CompiledApp>();
  app->name = spec.name;
  app->spec = spec;
  auto rules = std::make_unique<AppRules>();
  rules->api_key = DigestOf(spec.api_key, spec.api_key_sha256);
  rules->api_secret = DigestOf(spec.api_secret, spec.api_secret_sha256);
  if (spec.grants) {
    rules->grants.emplace(*spec.grants, service->contract.implied);
  }
  for (const auto& operation : service->operations) {
    const ChosenLimit chosen =
        ChooseLimit(service->contract, service->spec, &spec, operation->name);
    const bool own = chosen.rule != operation->limit_rule;
    app->limits.push_back(own ? std::make_unique<RateLimit>(chosen.limit)
                              : nullptr);
    rules->limits.push_back(MakeRule(*service->catalogue, chosen.rule,
                                     chosen.at, Refusal::kRate, ""));
    rules->rate_texts.push_back(
        MakeRateHeaderText(operation->name, chosen.limit));
  }
  app->rules = std::move(rules);
  service->rules->apps.Add(service->contract, app.get(), &found_);
  service->apps.push_back(std::move(app));
}

// An operation has its own path and one for every alias of its beginning.
void Compiler::AddRoutes(const CompiledService& service,
                         const CompiledOperation& operation) {
  const config::Contract& contract = service.contract;
  const std::string& path = operation.spec.path;
  AddRoute(service, operation, path, contract.app_key, contract.app_key_at);
  for (const config::Alias& alias : contract.aliases) {
    if (!BeginsWithSegments(path, alias.path)) continue;
    AddRoute(service, operation, alias.also + path.substr(alias.path.size()),
             alias.app_key, alias.at);
  }
}

void Compiler::AddRoute(const CompiledService& service,
                        const CompiledOperation& operation,
                        const std::string& path, const std::string& app_key,
                        const config::Location& key_at) {
  const config::Operation& spec = operation.spec;
  std::vector<TemplateSegment> segments;
  if (!ParseTemplate(path, &segments)) {
    found_.Add(spec.request_at, StrCat("bad path \"", path, "\""),
               "each segment is a text, {variable}, or {rest...} at the end");
    return;
  }
  for (TemplateSegment& segment : segments) {
    if (segment.kind == TemplateSegment::Kind::kVariable) {
      CompileSegment(service, spec, &segment);
    }
  }
  std::string error;
  std::optional<AppKeyTemplate> key =
      AppKeyTemplate::Compile(app_key, segments, &error);
  if (!key) {
    found_.Add(key_at,
               StrCat("bad app key of operation \"", spec.name, "\": ", error));
    return;
  }
  const int other = policy_->router_->Add(
      spec.method, segments, static_cast<int>(policy_->routes_.size()));
  if (other >= 0) {
    const CompiledOperation& twin =
        *policy_->routes_[static_cast<size_t>(other)].operation;
    found_.Add(spec.request_at,
               StrCat("operation \"", spec.name,
                      "\" has the same requests as \"", twin.name, "\""),
               StrCat("which stands at ", twin.spec.request_at.ToString()));
    return;
  }
  const CompileContext context = ContextOf(service, spec.name);
  CompiledRoute route;
  route.operation = &operation;
  route.path = CompiledPath::Compile(context, spec, std::move(segments));
  route.app_key = *std::move(key);
  policy_->routes_.push_back(std::move(route));
}

}  // namespace headgate::policy
