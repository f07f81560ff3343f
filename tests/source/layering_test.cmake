cmake_minimum_required(VERSION 3.25)

# Fails with file:line and the rule when a source includes what its layer must
# not know. A layer may include itself, what is listed, and what is outside
# this repository, unless that is foreign to it.
set(layers batching common/digest common/open_files common/options common/logging
    common/program_log common/secrets common/signals common/tracing
    client/lib client/fetch client/loadgen client/shards client/tuning client/cli
    gateway/errors gateway/http
    gateway/api gateway/oip
    gateway/metrics gateway/app
    server/access server/errors server/image server/metrics server/model/trunk
    server/model/torchscript server/model server/pipeline server/rpc server/oip server/ops
    server/admin server/app)
set(may_include_server/access common/secrets server/errors)
set(may_include_server/metrics batching)
set(may_include_server/image server/errors)
set(may_include_server/model common/digest server/errors server/image)
set(may_include_server/model/torchscript
    server/errors server/image server/model server/model/trunk)
set(may_include_server/pipeline
    batching common/digest server/errors server/image server/model)
set(may_include_server/rpc
    batching common/logging common/open_files common/secrets common/tracing
    server/access server/errors server/image server/metrics server/model server/pipeline)
set(may_include_server/oip
    batching server/errors server/image server/model server/pipeline server/rpc)
set(may_include_server/ops
    batching common/logging common/open_files common/tracing server/errors
    server/metrics server/model
    server/pipeline server/rpc)
set(may_include_server/admin
    common/logging server/access server/errors server/pipeline server/rpc)
set(may_include_server/app
    batching common/digest common/logging common/options common/program_log
    common/secrets common/signals common/tracing server/access server/admin server/errors server/image
    server/metrics server/model server/model/torchscript server/ops
    server/oip server/pipeline server/rpc)
set(may_include_client/lib common/secrets)
set(may_include_client/fetch client/lib)
set(may_include_client/loadgen client/lib)
set(may_include_client/shards client/lib common/digest)
set(may_include_client/tuning client/lib client/loadgen)
set(may_include_client/cli
    client/fetch client/lib client/loadgen client/shards client/tuning common/options
    common/secrets
    common/signals)
set(may_include_gateway/errors client/lib)
set(may_include_gateway/http common/tracing gateway/errors)
set(may_include_gateway/api client/lib common/tracing gateway/errors gateway/http)
set(may_include_gateway/oip client/lib gateway/api gateway/errors gateway/http)
set(may_include_gateway/metrics common/tracing gateway/http)
set(may_include_gateway/app
    client/lib common/logging common/open_files common/options
    common/program_log common/secrets common/signals common/tracing
    gateway/api gateway/errors gateway/http gateway/metrics gateway/oip)

set(grpc "<grpc|[.]pb[.]h")
set(torch "<(torch|ATen|c10)/|<dnnl|<oneapi")
set(codecs "<(jpeglib|png|webp|gif_lib|tiffio|avif|libheif)")
set(foreign_batching "${grpc}|${torch}|${codecs}|[<\"]absl")
set(foreign_common/digest "${grpc}|${torch}|${codecs}")
set(foreign_common/open_files "${grpc}|${torch}|${codecs}|[<\"]absl")
set(foreign_common/options "${grpc}|${torch}|${codecs}")
set(foreign_common/logging "${grpc}|${torch}|${codecs}")
set(may_include_common/program_log common/logging common/options)
set(foreign_common/program_log "${torch}|${codecs}")
set(may_include_common/secrets common/logging common/signals)
set(foreign_common/secrets "${grpc}|${torch}|${codecs}")
set(may_include_common/tracing common/logging common/options common/signals)
set(foreign_common/tracing "${torch}|${codecs}")
set(foreign_common/signals "${grpc}|${torch}|${codecs}")
set(foreign_client/lib "${torch}|${codecs}")
set(foreign_client/fetch "${torch}|${codecs}")
set(foreign_client/loadgen "${torch}|${codecs}")
set(foreign_client/shards "${torch}|${codecs}")
set(foreign_client/tuning "${torch}|${codecs}")
set(foreign_client/cli "${torch}|${codecs}")
set(foreign_gateway/errors "${torch}|${codecs}")
set(foreign_gateway/http "${grpc}|${torch}|${codecs}")
set(foreign_gateway/api "${torch}|${codecs}")
set(foreign_gateway/oip "${torch}|${codecs}")
set(foreign_gateway/metrics "${grpc}|${torch}|${codecs}")
set(foreign_gateway/app "${torch}|${codecs}")
set(foreign_server/access "${grpc}|${torch}|${codecs}")
set(foreign_server/errors "${grpc}|${torch}|${codecs}")
set(foreign_server/metrics "${grpc}|${torch}|${codecs}|[<\"]absl")
set(foreign_server/image "${grpc}|${torch}")
set(foreign_server/model "${grpc}|${torch}|${codecs}")
set(foreign_server/model/trunk "${grpc}|${codecs}|<(torch|ATen|c10)/|[<\"]absl")
set(foreign_server/model/torchscript "${grpc}|${codecs}")
set(foreign_server/pipeline "${grpc}|${torch}|${codecs}")
set(foreign_server/rpc "${torch}|${codecs}")
set(foreign_server/oip "${torch}|${codecs}")
set(foreign_server/ops "${grpc}|${torch}|${codecs}")
set(foreign_server/admin "${torch}|${codecs}")
set(foreign_server/app "<(torch|ATen|c10)/|${codecs}")

# Who fetches what callers name can be sent where they cannot go themselves.
foreach(layer ${layers})
  if(foreign_${layer} AND NOT layer STREQUAL "client/fetch")
    string(APPEND foreign_${layer} "|<curl/")
  endif()
endforeach()

set(wrong 0)
macro(report message)
  message(SEND_ERROR "${message}")
  math(EXPR wrong "${wrong} + 1")
endmacro()

# Sets out to the layer that `include` belongs to, or to "" for none of ours.
function(layer_of include out)
  set(${out} "" PARENT_SCOPE)
  foreach(candidate ${layers} server client gateway)
    if(include MATCHES "^${candidate}/")
      set(${out} "${candidate}" PARENT_SCOPE)
      return()
    endif()
  endforeach()
endfunction()

set(checked 0)
foreach(layer ${layers})
  file(GLOB_RECURSE sources "${ROOT}/${layer}/*.h" "${ROOT}/${layer}/*.cc")
  foreach(source ${sources})
    file(RELATIVE_PATH name "${ROOT}" "${source}")
    layer_of("${name}" innermost)
    if(NOT innermost STREQUAL layer)
      continue()
    endif()
    math(EXPR checked "${checked} + 1")
    file(STRINGS "${source}" lines)
    set(number 0)
    foreach(line IN LISTS lines)
      math(EXPR number "${number} + 1")
      if(NOT line MATCHES "^#include ([<\"][^>\"]+[>\"])")
        continue()
      endif()
      set(include "${CMAKE_MATCH_1}")
      if(foreign_${layer} AND include MATCHES "${foreign_${layer}}")
        report("${name}:${number}: ${layer} must not include ${include}")
      endif()
      string(REGEX REPLACE "[<>\"]" "" path "${include}")
      layer_of("${path}" target)
      if(target AND NOT target STREQUAL layer AND
         NOT target IN_LIST may_include_${layer})
        report("${name}:${number}: ${layer} must not include ${include}; it "
               "may include: ${may_include_${layer}}")
      endif()
    endforeach()
  endforeach()
endforeach()

if(checked EQUAL 0)
  report("no source was checked")
endif()
message(STATUS "${checked} files checked, ${wrong} wrong includes")
