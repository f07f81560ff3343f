# The services' units and configuration name paths that are known only when
# they are installed: of --prefix, which may be another than was configured.
foreach(service server gateway)
  install(CODE "set(WANWU_SERVICE ${service})
set(WANWU_PACKAGING \"${CMAKE_CURRENT_SOURCE_DIR}\")
set(WANWU_BINARY_DIR \"${CMAKE_CURRENT_BINARY_DIR}\")
set(WANWU_BINDIR \"${CMAKE_INSTALL_BINDIR}\")
set(WANWU_SYSCONFDIR \"${CMAKE_INSTALL_SYSCONFDIR}\")
include(\"${CMAKE_CURRENT_SOURCE_DIR}/install_service.cmake\")"
    COMPONENT ${service})
endforeach()
