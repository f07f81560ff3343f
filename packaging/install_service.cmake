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
# As GNUInstallDirs has it.
if(ETC STREQUAL "/usr/etc")
  set(ETC "/etc")
endif()

set(unit "wanwu-${WANWU_SERVICE}.service")
configure_file("${WANWU_PACKAGING}/systemd/${unit}.in"
               "${WANWU_BINARY_DIR}/${unit}" @ONLY)
file(INSTALL DESTINATION "${CMAKE_INSTALL_PREFIX}/lib/systemd/system"
     TYPE FILE FILES "${WANWU_BINARY_DIR}/${unit}")

foreach(pair "${WANWU_SERVICE}.yaml=${ETC}/wanwu"
             "wanwu-${WANWU_SERVICE}=${ETC}/default")
  string(REPLACE "=" ";" pair "${pair}")
  list(GET pair 0 name)
  list(GET pair 1 folder)
  if(EXISTS "$ENV{DESTDIR}${folder}/${name}")
    message(STATUS "Kept as it is: $ENV{DESTDIR}${folder}/${name}")
  else()
    file(INSTALL DESTINATION "${folder}" TYPE FILE
         FILES "${WANWU_PACKAGING}/config/${name}")
  endif()
endforeach()
