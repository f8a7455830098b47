# Three things that only save time, each used if it is there: a compiler cache,
# a faster linker, and a precompiled header for the tests where there is no
# cache (ccache does not keep what was compiled with one).

find_program(HEADGATE_CCACHE ccache)
if(HEADGATE_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${HEADGATE_CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${HEADGATE_CCACHE})
endif()

# Not for release: g++'s link-time optimisation needs the linker of its own.
find_program(HEADGATE_LLD ld.lld)
if(HEADGATE_LLD AND NOT CMAKE_INTERPROCEDURAL_OPTIMIZATION)
  add_link_options(-fuse-ld=lld)
endif()

# headgate_test_headers(target): GoogleTest compiled once for all test programs.
function(headgate_test_headers target)
  if(CMAKE_CXX_COMPILER_LAUNCHER)
    return()
  endif()
  if(target STREQUAL "headgate_test_support")
    target_precompile_headers(${target} PRIVATE
      <gmock/gmock.h> <gtest/gtest.h> <string> <string_view> <vector>)
  else()
    target_precompile_headers(${target} REUSE_FROM headgate_test_support)
  endif()
endfunction()
