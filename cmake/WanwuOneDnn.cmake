# WANWU_DNNL_LIBRARY and WANWU_DNNL_MAJOR: oneDNN 2 or 3, whose interfaces
# differ. Not find_package(dnnl): Debian's package file wants OpenCL headers.
find_library(WANWU_DNNL_LIBRARY dnnl REQUIRED)
find_path(WANWU_DNNL_INCLUDE_DIR oneapi/dnnl/dnnl_version.h REQUIRED)
file(STRINGS "${WANWU_DNNL_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h" major
     REGEX "^#define DNNL_VERSION_MAJOR ")
string(REGEX MATCH "[0-9]+$" WANWU_DNNL_MAJOR "${major}")
if(NOT WANWU_DNNL_MAJOR MATCHES "^[23]$")
  message(FATAL_ERROR "oneDNN ${WANWU_DNNL_MAJOR} is neither 2 nor 3")
endif()
