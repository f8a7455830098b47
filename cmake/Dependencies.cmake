# Every outside package, found once. All of them are Debian packages; the list
# that installs them is scripts/setup.

find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(absl REQUIRED)
find_package(OpenSSL 3 REQUIRED)
find_package(CURL REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(ZLIB REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(SODIUM REQUIRED IMPORTED_TARGET libsodium)
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(NGHTTP2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(EVENT REQUIRED IMPORTED_TARGET libevent_core libevent_extra
                  libevent_pthreads)
find_path(RAPIDJSON_INCLUDE_DIR rapidjson/writer.h REQUIRED)
find_path(CLI11_INCLUDE_DIR CLI/CLI.hpp REQUIRED)

# llhttp comes as C sources (Debian's node-llhttp). It must be compiled in
# strict mode: without it this version takes a bare CR as the end of a header,
# a space before the colon and junk after a chunk (design, "Chosen packages").
find_path(LLHTTP_SOURCE_DIR llhttp.c PATHS /usr/share/llhttp REQUIRED
          NO_DEFAULT_PATH)
find_path(LLHTTP_INCLUDE_DIR llhttp.h PATHS /usr/share/include/llhttp REQUIRED
          NO_DEFAULT_PATH)
add_library(llhttp_strict STATIC
  ${LLHTTP_SOURCE_DIR}/api.c ${LLHTTP_SOURCE_DIR}/http.c
  ${LLHTTP_SOURCE_DIR}/llhttp.c)
target_include_directories(llhttp_strict SYSTEM PUBLIC ${LLHTTP_INCLUDE_DIR})
target_compile_definitions(llhttp_strict PUBLIC LLHTTP_STRICT_MODE=1)
target_compile_options(llhttp_strict PRIVATE -w)

if(HEADGATE_TESTS OR HEADGATE_FUZZ OR HEADGATE_BENCH)
  find_package(GTest REQUIRED)
endif()
if(HEADGATE_BENCH)
  find_package(benchmark REQUIRED)
endif()
