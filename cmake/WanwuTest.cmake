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
  # The test's own file, not what it tests: a quarter of its time to compile.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  add_test(NAME ${path} COMMAND ${name})
  set_tests_properties(${path} PROPERTIES LABELS "${ARG_LABELS}"
                       TIMEOUT ${ARG_TIMEOUT})
endfunction()

# wanwu_add_program_tests(name FILES a_test.py… [LABELS labels…] [TIMEOUT s])
# registers one CTest test, which runs alone: pytest over files of this folder
# that start the built programs. tests/integration sets the environment.
function(wanwu_add_program_tests name)
  cmake_parse_arguments(ARG "" "TIMEOUT" "FILES;LABELS" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS integration)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 600)
  endif()
  list(TRANSFORM ARG_FILES PREPEND "${CMAKE_CURRENT_SOURCE_DIR}/")
  add_test(NAME ${name}
    COMMAND "${WANWU_REFERENCE_PYTHON}" -B -m pytest -q -rs
            -p no:cacheprovider ${ARG_FILES})
  set_tests_properties(${name} PROPERTIES
    LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} RUN_SERIAL ON
    ENVIRONMENT "${WANWU_PROGRAM_TEST_ENVIRONMENT}")
endfunction()
