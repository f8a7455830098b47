# Two things that only save time, each used if it is there: a compiler cache and
# a faster linker.

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
