#include "proxy/http2/field_reader.h"

#include <cstddef>
#include <cstdint>

namespace headgate::http2 {
namespace {

std::string_view Text(const uint8_t* data, size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

// RFC 7541 6.3: a block may begin with a change of the table's size.
bool ChangesTable(std::string_view block) {
  return !block.empty() && (block[0] & 0xe0) == 0x20;
}

}  // namespace

FieldReader::FieldReader() {
  nghttp2_hd_inflater* inflater = nullptr;
  if (nghttp2_hd_inflate_new(&inflater) == 0) inflater_.reset(inflater);
}

bool FieldReader::Read(std::string_view block, Add add) {
  if (inflater_ == nullptr) return false;
  for (;;) {
    nghttp2_nv field;
    int found = 0;
    const ssize_t taken = nghttp2_hd_inflate_hd2(
        inflater_.get(), &field, &found,
        reinterpret_cast<const uint8_t*>(block.data()), block.size(),
        /*in_final=*/1);
    if (taken < 0) return false;
    block.remove_prefix(static_cast<size_t>(taken));
    if ((found & NGHTTP2_HD_INFLATE_EMIT) != 0) {
      add(Text(field.name, field.namelen), Text(field.value, field.valuelen));
    }
    if ((found & NGHTTP2_HD_INFLATE_FINAL) != 0) {
      nghttp2_hd_inflate_end_headers(inflater_.get());
      return true;
    }
    // It took nothing and gave nothing: the block ends inside a field.
    if (taken == 0 && (found & NGHTTP2_HD_INFLATE_EMIT) == 0) return false;
  }
}

bool FieldReader::StandsAlone(std::string_view block) const {
  return inflater_ != nullptr && !ChangesTable(block) &&
         nghttp2_hd_inflate_get_max_dynamic_table_size(inflater_.get()) == 0;
}

}  // namespace headgate::http2
