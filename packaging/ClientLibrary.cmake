# libwanwu_client with what it is made of, as one library: static, or shared
# with BUILD_SHARED_LIBS. find_package(wanwu) gives wanwu::client.
include(CMakePackageConfigHelpers)

set(parts wanwu_client wanwu_fetch wanwu_tls_material wanwu_proto wanwu_health_proto
          wanwu_rpc_error_proto)
# Also for those who link the static one into a shared library of theirs.
set_target_properties(${parts} PROPERTIES POSITION_INDEPENDENT_CODE ON)

set(kind STATIC)
if(BUILD_SHARED_LIBS)
  set(kind SHARED)
endif()
set(objects "")
foreach(part ${parts})
  list(APPEND objects "$<TARGET_OBJECTS:${part}>")
endforeach()
add_library(wanwu_client_library ${kind} ${objects})
set_target_properties(wanwu_client_library PROPERTIES
  EXPORT_NAME client OUTPUT_NAME wanwu_client LINKER_LANGUAGE CXX
  VERSION ${PROJECT_VERSION}
  # Nothing is promised to programs that were built with another 0.x.
  SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR}
  LIBRARY_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}"
  ARCHIVE_OUTPUT_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
target_compile_features(wanwu_client_library INTERFACE cxx_std_20)
target_link_libraries(wanwu_client_library
  PUBLIC gRPC::grpc++ protobuf::libprotobuf absl::status absl::statusor
  PRIVATE absl::strings absl::time CURL::libcurl OpenSSL::Crypto)
# Headers are <wanwu/client/lib/….h>; among themselves they say client/lib/….h.
set(include "${CMAKE_INSTALL_INCLUDEDIR}")
install(TARGETS wanwu_client_library EXPORT wanwu
        ARCHIVE COMPONENT dev
        LIBRARY COMPONENT dev
        INCLUDES DESTINATION "${include}" "${include}/wanwu")

get_target_property(headers wanwu_client HEADER_SET)
list(TRANSFORM headers REPLACE "^${PROJECT_SOURCE_DIR}/" "")
foreach(header ${headers} client/fetch/picture_fetcher.h
               common/secrets/tls_material.h)
  if(NOT IS_ABSOLUTE "${header}" AND NOT header MATCHES "/")
    set(header "client/lib/${header}")
  endif()
  cmake_path(GET header PARENT_PATH folder)
  install(FILES "${PROJECT_SOURCE_DIR}/${header}"
          DESTINATION "${include}/wanwu/${folder}" COMPONENT dev)
endforeach()

foreach(file wanwu/v1/admin wanwu/v1/image_classifier grpc/health/v1/health
             google/rpc/status google/rpc/error_details)
  cmake_path(GET file PARENT_PATH folder)
  string(REGEX REPLACE "^wanwu/" "" folder "${folder}")
  install(FILES "${PROJECT_BINARY_DIR}/generated/${file}.pb.h"
          DESTINATION "${include}/wanwu/${folder}" COMPONENT dev)
  if(NOT file MATCHES "^google/")
    install(FILES "${PROJECT_BINARY_DIR}/generated/${file}.grpc.pb.h"
            DESTINATION "${include}/wanwu/${folder}" COMPONENT dev)
  endif()
endforeach()

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/wanwu")
install(EXPORT wanwu DESTINATION "${package}" NAMESPACE wanwu::
        FILE wanwu-targets.cmake COMPONENT dev)
configure_package_config_file(wanwu-config.cmake.in wanwu-config.cmake
  INSTALL_DESTINATION "${package}")
write_basic_package_version_file(
  "${CMAKE_CURRENT_BINARY_DIR}/wanwu-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/wanwu-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/wanwu-config-version.cmake"
        DESTINATION "${package}" COMPONENT dev)
