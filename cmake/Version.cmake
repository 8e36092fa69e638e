# What this build calls itself: the nearest tag and commit, or the project's version outside git.
execute_process(COMMAND git describe --tags --always --dirty
  WORKING_DIRECTORY ${PROJECT_SOURCE_DIR} OUTPUT_VARIABLE PEREBOR_GIT_DESCRIBE
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
if(PEREBOR_GIT_DESCRIBE)
  set(PEREBOR_BUILD_VERSION "${PROJECT_VERSION}-g${PEREBOR_GIT_DESCRIBE}")
else()
  set(PEREBOR_BUILD_VERSION "${PROJECT_VERSION}")
endif()
