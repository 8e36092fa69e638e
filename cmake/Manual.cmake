# Manual pages and completions of shells, made of what the program says of itself.
find_program(PEREBOR_HELP2MAN help2man)
find_program(PEREBOR_LOWDOWN lowdown)
mark_as_advanced(PEREBOR_HELP2MAN PEREBOR_LOWDOWN)

set(completions ${CMAKE_CURRENT_BINARY_DIR}/completions)
add_custom_command(OUTPUT ${completions}/perebor ${completions}/_perebor ${completions}/perebor.fish
  COMMAND ${PROJECT_SOURCE_DIR}/scripts/write-completions $<TARGET_FILE:perebor_program> ${completions}
  DEPENDS perebor_program ${PROJECT_SOURCE_DIR}/scripts/write-completions VERBATIM
  COMMENT "Writing completions")
set(made ${completions}/perebor)

if(PEREBOR_HELP2MAN AND PEREBOR_LOWDOWN)
  set(manual ${CMAKE_CURRENT_BINARY_DIR}/man)
  add_custom_command(OUTPUT ${manual}/perebor.1.gz
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
    COMMAND ${PROJECT_SOURCE_DIR}/scripts/write-man-pages $<TARGET_FILE:perebor_program> ${manual}
    COMMAND sh -c "gzip -9n ${manual}/*"
    DEPENDS perebor_program ${PROJECT_SOURCE_DIR}/scripts/write-man-pages
            ${PROJECT_SOURCE_DIR}/docs/reference/experiment.md ${PROJECT_SOURCE_DIR}/docs/reference/result-file.md
    VERBATIM COMMENT "Writing manual pages")
  list(APPEND made ${manual}/perebor.1.gz)
  install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 FILES_MATCHING PATTERN "*.1.gz")
  install(DIRECTORY ${manual}/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man5 FILES_MATCHING PATTERN "*.5.gz")
else()
  message(STATUS "No manual pages: they take help2man and lowdown")
endif()
add_custom_target(perebor_manual ALL DEPENDS ${made})

install(FILES ${completions}/perebor DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${completions}/_perebor DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions)
install(FILES ${completions}/perebor.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)
