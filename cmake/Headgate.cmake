# One static library per layer, one test program per layer, warnings as errors.

include(BuildSpeed)

# Warnings of our own code. g++ 12 and clang 14 are both kept clean. Under the
# sanitizers g++ 12 takes the standard library's own code (std::regex) for
# uninitialized, and a replaced operator new for one that does not match its
# delete; these two warnings are left to the dev preset. Without them too, it
# takes "text" + std::string for a copy out of bounds, depending on what it
# inlines; clang says nothing.
add_library(headgate_options INTERFACE)
target_compile_options(headgate_options INTERFACE
  -Wall -Wextra -Wno-missing-field-initializers -Wshadow -Wnon-virtual-dtor
  -Wimplicit-fallthrough
  $<$<CXX_COMPILER_ID:GNU>:-Wno-array-bounds>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-stringop-overflow>
  $<$<CONFIG:Asan,Tsan>:-Wno-maybe-uninitialized>
  $<$<CONFIG:Asan,Tsan>:-Wno-mismatched-new-delete>
  $<$<CONFIG:Dev,Release,Asan,Tsan,Fuzz,Coverage>:-Werror>)
target_include_directories(headgate_options INTERFACE ${PROJECT_SOURCE_DIR})
# What is shipped may be twice as large where that makes it faster: a refused
# call takes 5 % less if g++ inlines the small functions that it goes through.
foreach(parameter
        max-inline-insns-auto=60 max-inline-insns-single=400
        inline-unit-growth=300 large-function-growth=300)
  target_compile_options(headgate_options INTERFACE
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<CONFIG:Release>>:--param=${parameter}>)
endforeach()

# ThreadSanitizer does not see into Debian's Abseil: see the file.
if(CMAKE_BUILD_TYPE STREQUAL "Tsan")
  add_library(headgate_tsan STATIC
    ${PROJECT_SOURCE_DIR}/cmake/tsan/absl.cc)
  target_link_libraries(headgate_options INTERFACE headgate_tsan)
  target_link_libraries(headgate_tsan PUBLIC absl::synchronization)
  foreach(name
          5Mutex4LockEv 5Mutex7TryLockEv 5Mutex6UnlockEv
          5Mutex10ReaderLockEv 5Mutex13ReaderTryLockEv 5Mutex12ReaderUnlockEv
          5Mutex5AwaitERKNS0_9ConditionE
          5Mutex16AwaitWithTimeoutERKNS0_9ConditionENS0_8DurationE
          7CondVar4WaitEPNS0_5MutexE
          7CondVar15WaitWithTimeoutEPNS0_5MutexENS0_8DurationE)
    target_link_options(headgate_options INTERFACE
      -Wl,--wrap=_ZN4absl7debian3${name})
  endforeach()
endif()

# headgate_layer(name [DEPENDS targets...]): a library of all .cc files below
# the calling folder.
function(headgate_layer name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  add_library(headgate_${name} STATIC ${sources})
  target_link_libraries(headgate_${name} PUBLIC headgate_options ${ARG_DEPENDS})
endfunction()

# headgate_test(name [DEPENDS targets...]): one test program of all *_test.cc
# files below the calling folder; each TEST becomes a ctest case.
function(headgate_test name)
  cmake_parse_arguments(ARG "" "" "DEPENDS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS
       ${CMAKE_CURRENT_SOURCE_DIR}/*_test.cc)
  if(NOT sources)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE headgate_options ${ARG_DEPENDS}
    headgate_test_support GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name}_test PRIVATE
    HEADGATE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${name}_test DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT 120)
endfunction()
