# One object library per folder of src/. What a folder may include is exactly what its target links:
# only exec sees <mpi.h> and OpenMP, only store sees <hdf5.h>, only table <sqlite3.h>, only config <yaml.h>.
#
#   perebor_layer(NAME SOURCES file.c ... USES layer ... OUTSIDE imported::target ... [KERNELS file.c ...])
#
# KERNELS are compiled once per instruction set; see src/base/simd.h.
set(PEREBOR_SIMD_LEVELS baseline)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  list(APPEND PEREBOR_SIMD_LEVELS avx2 avx512)
endif()
set(PEREBOR_SIMD_FLAGS_baseline "")
set(PEREBOR_SIMD_FLAGS_avx2 -march=x86-64-v3)
set(PEREBOR_SIMD_FLAGS_avx512 -march=x86-64-v4)

function(perebor_layer name)
  cmake_parse_arguments(PARSE_ARGV 1 layer "" "" "SOURCES;USES;OUTSIDE;KERNELS")
  list(TRANSFORM layer_USES PREPEND perebor_)
  if(NOT layer_SOURCES)
    message(FATAL_ERROR "perebor_layer(${name}): a room without a file")
  endif()
  add_library(perebor_${name} OBJECT ${layer_SOURCES})
  target_include_directories(perebor_${name} PUBLIC ${PROJECT_SOURCE_DIR}/include
                                             PRIVATE ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(perebor_${name} PUBLIC ${layer_USES} PRIVATE ${layer_OUTSIDE}
                                               perebor_compile_options)
  if(layer_KERNELS)
    foreach(level IN LISTS PEREBOR_SIMD_LEVELS)
      add_library(perebor_${name}_${level} OBJECT ${layer_KERNELS})
      target_include_directories(perebor_${name}_${level} PRIVATE ${PROJECT_SOURCE_DIR}/include
                                                                  ${PROJECT_SOURCE_DIR}/src)
      target_compile_definitions(perebor_${name}_${level} PRIVATE PEREBOR_SIMD_LEVEL=${level})
      target_compile_options(perebor_${name}_${level} PRIVATE ${PEREBOR_SIMD_FLAGS_${level}})
      target_link_libraries(perebor_${name}_${level} PRIVATE perebor_compile_options)
      set_property(GLOBAL APPEND PROPERTY PEREBOR_LAYERS perebor_${name}_${level})
    endforeach()
  endif()
  set_property(GLOBAL APPEND PROPERTY PEREBOR_LAYERS perebor_${name})
endfunction()
