# perebor_memory_test(concept [source ...]): a unit test that can make any allocation of the library fail.
function(perebor_memory_test name)
  perebor_unit_test(${name} SOURCES ${PROJECT_SOURCE_DIR}/tests/support/failing_malloc.c ${ARGN})
  target_link_options(test_${name} PRIVATE
    -Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc -Wl,--wrap=strdup -Wl,--wrap=aligned_alloc
    -Wl,--wrap=perebor_workspace_take -Wl,--wrap=perebor_workspace_take_zeroed)
endfunction()
