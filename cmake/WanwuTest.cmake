# wanwu_add_test(path LIBS libs… [LABELS unit|stress|integration] [TIMEOUT s]
#                [SOURCES more.cc…])
# builds tests/<path>.cc with GoogleTest and registers it as one CTest test.
function(wanwu_add_test path)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LIBS;LABELS;SOURCES" ${ARGN})
  string(REPLACE "/" "_" name "${path}")
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} "${CMAKE_SOURCE_DIR}/tests/${path}.cc" ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LIBS} wanwu::warnings
                        GTest::gmock_main)
  add_test(NAME ${path} COMMAND ${name})
  set_tests_properties(${path} PROPERTIES LABELS "${ARG_LABELS}"
                       TIMEOUT ${ARG_TIMEOUT})
endfunction()
