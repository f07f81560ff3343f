# wanwu_add_proto(name ROOT dir FILES a.proto… [GRPC b.proto…] PUBLIC libs…)
# makes the library wanwu::<name> from protocol definitions below ROOT; GRPC
# names those that hold services, too. With DESCRIPTORS file, a compiled
# FileDescriptorSet, instead of ROOT. All generated code shares one root.
set(WANWU_PROTO_OUT "${CMAKE_BINARY_DIR}/generated")
file(MAKE_DIRECTORY "${WANWU_PROTO_OUT}")
find_program(WANWU_GRPC_CPP_PLUGIN grpc_cpp_plugin REQUIRED)

function(wanwu_add_proto name)
  cmake_parse_arguments(ARG "" "ROOT;DESCRIPTORS" "FILES;GRPC;PUBLIC" ${ARGN})
  set(imports -I "${ARG_ROOT}" -I "${CMAKE_SOURCE_DIR}/proto"
              -I "${WANWU_DEPS_DIR}/googleapis")
  set(sources "")
  foreach(file ${ARG_FILES})
    string(REGEX REPLACE "\\.proto$" "" base "${WANWU_PROTO_OUT}/${file}")
    set(outputs "${base}.pb.cc" "${base}.pb.h")
    set(flags "--cpp_out=${WANWU_PROTO_OUT}")
    if(file IN_LIST ARG_GRPC)
      list(APPEND outputs "${base}.grpc.pb.cc" "${base}.grpc.pb.h")
      list(APPEND flags "--grpc_out=${WANWU_PROTO_OUT}"
           "--plugin=protoc-gen-grpc=${WANWU_GRPC_CPP_PLUGIN}")
    endif()
    set(input "${ARG_ROOT}/${file}")
    set(source "${input}")
    if(ARG_DESCRIPTORS)
      set(imports "--descriptor_set_in=${ARG_DESCRIPTORS}")
      set(input "${file}")
      set(source "${ARG_DESCRIPTORS}")
    endif()
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND protobuf::protoc ${flags} ${imports} "${input}"
      DEPENDS "${source}" VERBATIM
      COMMENT "protoc ${file}")
    list(APPEND sources ${outputs})
  endforeach()
  set(target wanwu_${name})
  add_library(${target} STATIC ${sources})
  add_library(wanwu::${name} ALIAS ${target})
  target_include_directories(${target} SYSTEM PUBLIC "${WANWU_PROTO_OUT}")
  target_link_libraries(${target} PUBLIC protobuf::libprotobuf gRPC::grpc++
                        ${ARG_PUBLIC})
endfunction()
