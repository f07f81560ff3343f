# Compile options of our own code. Linked PRIVATE, so that generated and foreign
# code stays out.
add_library(wanwu_warnings INTERFACE)
add_library(wanwu::warnings ALIAS wanwu_warnings)
target_compile_options(wanwu_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Wunused)
# GCC 12 sees uninitialised reads in sanitizers' instrumentation that are none.
if(NOT WANWU_SANITIZE)
  target_compile_options(wanwu_warnings INTERFACE -Werror)
endif()

if(WANWU_SANITIZE)
  add_compile_options(-fsanitize=${WANWU_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${WANWU_SANITIZE})
  # With these, GCC takes no function's address for a constant that is not null
  # (its bug 71962), which abseil from 2024 on needs. AddressSanitizer still ends
  # what follows a null pointer.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND
     CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    add_compile_options(
      -fno-sanitize=null,nonnull-attribute,returns-nonnull-attribute)
  endif()
endif()

# wanwu_add_library(name SOURCES a.cc… HEADERS a.h… PUBLIC libs… PRIVATE libs…)
# makes wanwu_<name> with the alias wanwu::<name>. Headers form a file set, so
# that the target all_verify_interface_header_sets compiles each of them alone.
function(wanwu_add_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;HEADERS;PUBLIC;PRIVATE" ${ARGN})
  set(target wanwu_${name})
  if(ARG_SOURCES)
    add_library(${target} STATIC ${ARG_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${target} PUBLIC ${ARG_PUBLIC}
                          PRIVATE ${ARG_PRIVATE} wanwu::warnings)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    target_link_libraries(${target} INTERFACE ${ARG_PUBLIC})
  endif()
  add_library(wanwu::${name} ALIAS ${target})
  target_include_directories(${target} ${scope} "${CMAKE_SOURCE_DIR}")
  target_sources(${target} PUBLIC FILE_SET HEADERS
                 BASE_DIRS "${CMAKE_SOURCE_DIR}" FILES ${ARG_HEADERS})
endfunction()

# wanwu_add_executable(name SOURCES… LINK libs…)
function(wanwu_add_executable name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE ${ARG_LINK} wanwu::warnings)
endfunction()
