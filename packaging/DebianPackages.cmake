# Debian packages, for the release that they are built on: libtorch, oneDNN and
# gRPC have other names and interfaces in another. scripts/package.sh makes
# them; `cpack -R VERSION` gives them another version.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME wanwu)
set(CPACK_PACKAGE_VENDOR Wanwu)
set(CPACK_PACKAGE_CONTACT "Wanwu developers <wanwu@localhost>" CACHE STRING
    "Maintainer of the Debian packages")
set(CPACK_PACKAGE_VERSION "${PROJECT_VERSION}")
set(CPACK_VERBATIM_VARIABLES ON)
set(CPACK_STRIP_FILES ON)
# Configuration lies outside the prefix.
set(CPACK_SET_DESTDIR ON)
set(CPACK_INSTALL_PREFIX /usr)

# A package each, but for the gateway, which goes with the server.
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_ALL client dev gateway server tools)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
include(CPackComponent)
foreach(component client dev server tools)
  cpack_add_component_group(${component})
  cpack_add_component(${component} GROUP ${component})
endforeach()
cpack_add_component(gateway GROUP server)

cmake_host_system_information(RESULT release QUERY
                              DISTRIB_ID DISTRIB_VERSION_ID)
list(JOIN release "" release)
set(CPACK_DEBIAN_PACKAGE_RELEASE "1~${release}")

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)

set(CPACK_DEBIAN_SERVER_PACKAGE_NAME wanwu-server)
set(CPACK_DEBIAN_SERVER_DESCRIPTION
"image classification over gRPC and HTTP
ResNet-18 and other image classifiers on CPUs: a gRPC server on libtorch and
oneDNN, and a gateway with a REST API and a WebUI, as systemd services.

Model packages are not included; wanwu-tools makes them.")
# libheif looks for its decoder when it runs; no library names it.
file(GLOB heic_decoder
     "/usr/lib/${CMAKE_LIBRARY_ARCHITECTURE}/libheif/plugins/libheif-libde265*")
if(heic_decoder)
  set(CPACK_DEBIAN_SERVER_PACKAGE_DEPENDS libheif-plugin-libde265)
endif()
set(CPACK_DEBIAN_SERVER_PACKAGE_SUGGESTS
    "wanwu-client, wanwu-tools, libopenblas0-serial")
set(scripts "${CMAKE_CURRENT_SOURCE_DIR}/debian/server")
set(CPACK_DEBIAN_SERVER_PACKAGE_CONTROL_EXTRA
    "${scripts}/conffiles" "${scripts}/postinst" "${scripts}/prerm"
    "${scripts}/postrm")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_CLIENT_PACKAGE_NAME wanwu-client)
set(CPACK_DEBIAN_CLIENT_DESCRIPTION
"command-line client of wanwu-server
The command wanwu: classifies pictures and folders, measures servers and finds
their best settings, watches them at work.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libwanwu-client-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_DESCRIPTION
"C++ client library of wanwu-server
A static library with headers and a CMake package (find_package(wanwu)), and
the protocol definitions.")
# gRPC's and protobuf's CMake files want the compilers to be there, too.
string(CONCAT CPACK_DEBIAN_DEV_PACKAGE_DEPENDS
  "libabsl-dev, libcurl4-openssl-dev, libgrpc++-dev, libprotobuf-dev, "
  "libssl-dev, "
  "protobuf-compiler, protobuf-compiler-grpc")
set(CPACK_DEBIAN_DEV_PACKAGE_SUGGESTS cmake)

set(CPACK_DEBIAN_TOOLS_PACKAGE_NAME wanwu-tools)
set(CPACK_DEBIAN_TOOLS_PACKAGE_ARCHITECTURE all)
set(CPACK_DEBIAN_TOOLS_PACKAGE_SHLIBDEPS OFF)
set(CPACK_DEBIAN_TOOLS_DESCRIPTION
"makes model packages for wanwu-server
From PyTorch weights, quantised to int8, with labels in English and Chinese.")
set(CPACK_DEBIAN_TOOLS_PACKAGE_CONTROL_EXTRA
    "${CMAKE_CURRENT_SOURCE_DIR}/debian/tools/prerm")
string(CONCAT CPACK_DEBIAN_TOOLS_PACKAGE_DEPENDS
  "python3, python3-numpy, python3-pil, python3-pip, python3-torch, "
  "python3-torchvision")

include(CPack)
