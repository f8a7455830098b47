// The bytes of a call's answer: its body, or the catalogue's row that it names,
// in the family's shape.
#ifndef HEADGATE_SERVICE_RENDER_H_
#define HEADGATE_SERVICE_RENDER_H_

#include <string>
#include <string_view>

#include "base/clock.h"
#include "service/call.h"

namespace headgate::service {

// Views of the call or its policy.
struct RenderedAnswer {
  int status = 200;
  std::string_view content_type;
  std::string_view body;
};

// `started` is when the request came, `now` when its answer goes: bodies tell
// how long it took. Completes call.answer.body; call it once.
RenderedAnswer Render(Call& call, const Instant& started, const Instant& now);

}  // namespace headgate::service

#endif  // HEADGATE_SERVICE_RENDER_H_
