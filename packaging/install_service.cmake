# Run while installing, with the variables that ServiceFiles.cmake sets.
# Configuration that is there already belongs to whoever administers it.
function(absolute path out)
  if(NOT IS_ABSOLUTE "${path}")
    set(path "${CMAKE_INSTALL_PREFIX}/${path}")
  endif()
  set(${out} "${path}" PARENT_SCOPE)
endfunction()

absolute("${WANWU_BINDIR}" BIN)
absolute("${WANWU_SYSCONFDIR}" ETC)
absolute("${WANWU_STATEDIR}/lib/wanwu/models" MODELS)
# As GNUInstallDirs has it.
foreach(path ETC MODELS)
  string(REGEX REPLACE "^/usr/(etc|var)" "/\\1" ${path} "${${path}}")
endforeach()

set(unit "wanwu-${WANWU_SERVICE}.service")
configure_file("${WANWU_PACKAGING}/systemd/${unit}.in"
               "${WANWU_BINARY_DIR}/${unit}" @ONLY)
file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system"
     TYPE FILE FILES "${WANWU_BINARY_DIR}/${unit}")

# install_config(TEMPLATE FILE)
function(install_config template file)
  if(EXISTS "$ENV{DESTDIR}${file}")
    message(STATUS "Kept as it is: $ENV{DESTDIR}${file}")
    return()
  endif()
  cmake_path(GET file FILENAME name)
  cmake_path(GET file PARENT_PATH folder)
  configure_file("${WANWU_PACKAGING}/config/${template}"
                 "${WANWU_BINARY_DIR}/${name}" @ONLY)
  file(INSTALL DESTINATION "${folder}" TYPE FILE
       FILES "${WANWU_BINARY_DIR}/${name}")
endfunction()

install_config("${WANWU_SERVICE}.yaml.in" "${ETC}/wanwu/${WANWU_SERVICE}.yaml")
install_config(environment.in "${ETC}/default/wanwu-${WANWU_SERVICE}")
if(WANWU_SERVICE STREQUAL server)
  file(INSTALL DESTINATION "${MODELS}" TYPE DIRECTORY FILES ""
       DIR_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE
                       GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
endif()
