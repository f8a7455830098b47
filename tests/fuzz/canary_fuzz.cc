// The target that must fail. It reads one byte behind a buffer when the input
// begins with "gate", which libFuzzer finds in seconds by comparing coverage
// and AddressSanitizer must report. If it is not found, the fuzzing of
// everything else proves nothing; scripts/fuzz then says so and fails.
#include <cstddef>
#include <cstdint>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  constexpr uint8_t kWord[] = {'g', 'a', 't', 'e'};
  const std::vector<uint8_t> input(data, data + size);
  size_t same = 0;
  // One branch for each letter: each right letter is new coverage.
  if (size > 0 && input[0] == kWord[0]) ++same;
  if (same == 1 && size > 1 && input[1] == kWord[1]) ++same;
  if (same == 2 && size > 2 && input[2] == kWord[2]) ++same;
  if (same == 3 && size > 3 && input[3] == kWord[3]) ++same;
  if (same < 4) return 0;
  const volatile uint8_t* behind = input.data() + input.size();
  [[maybe_unused]] const uint8_t planted_bug = *behind;
  return 0;
}
