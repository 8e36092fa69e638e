set(PEREBOR_SANITIZE "" CACHE STRING "Sanitizers to build with, such as address,undefined")

add_library(perebor_compile_options INTERFACE)
target_compile_options(perebor_compile_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wstrict-prototypes -Wmissing-prototypes
  -Wunknown-pragmas
  # A variable may be named like its type, which GCC's plain -Wshadow takes for shadowing.
  $<IF:$<C_COMPILER_ID:GNU>,-Wshadow=local,-Wshadow>
  # One order of operations everywhere: no contraction into fused multiply-add, no re-association.
  -ffp-contract=off -fno-fast-math
  # Wide vectors are passed between static functions only; their ABI is of no interest.
  -Wno-psabi)
target_compile_definitions(perebor_compile_options INTERFACE _POSIX_C_SOURCE=200809L _DEFAULT_SOURCE)
if(CMAKE_COMPILE_WARNING_AS_ERROR)
  target_compile_options(perebor_compile_options INTERFACE -Werror=unknown-pragmas)
endif()
if(PEREBOR_SANITIZE)
  target_compile_options(perebor_compile_options INTERFACE
    -fsanitize=${PEREBOR_SANITIZE} -fno-omit-frame-pointer)
  if(PEREBOR_SANITIZE MATCHES "undefined")
    target_compile_options(perebor_compile_options INTERFACE -fno-sanitize-recover=undefined)
  endif()
  target_link_options(perebor_compile_options INTERFACE -fsanitize=${PEREBOR_SANITIZE})
endif()
