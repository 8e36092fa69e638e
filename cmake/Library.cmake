# The library as others use it, shared and static. Both export what the public headers declare and
# nothing else: rooms are compiled with hidden visibility, and of the static library's one object
# the hidden symbols are made local.
include(CMakePackageConfigHelpers)
include(GNUInstallDirs)

get_property(layers GLOBAL PROPERTY PEREBOR_LAYERS)
list(REMOVE_ITEM layers perebor_cli)
set(room_objects "")
foreach(layer IN LISTS layers)
  list(APPEND room_objects $<TARGET_OBJECTS:${layer}>)
endforeach()

add_library(perebor_shared SHARED ${room_objects})
set_target_properties(perebor_shared PROPERTIES OUTPUT_NAME perebor EXPORT_NAME perebor
  VERSION ${PROJECT_VERSION} SOVERSION ${PROJECT_VERSION_MAJOR} LINKER_LANGUAGE C)
target_include_directories(perebor_shared INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_link_libraries(perebor_shared PRIVATE ${PEREBOR_OUTSIDE_LIBRARIES} m perebor_compile_options)

set(whole_object ${CMAKE_CURRENT_BINARY_DIR}/libperebor.o)
set(static_library ${CMAKE_CURRENT_BINARY_DIR}/static/libperebor.a)
add_custom_command(OUTPUT ${static_library}
  COMMAND ${CMAKE_C_COMPILER} -r -nostdlib -o ${whole_object} ${room_objects}
  COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${whole_object}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${CMAKE_CURRENT_BINARY_DIR}/static
  COMMAND ${CMAKE_COMMAND} -E rm -f ${static_library}
  COMMAND ${CMAKE_AR} rcs ${static_library} ${whole_object}
  DEPENDS ${room_objects} COMMAND_EXPAND_LISTS VERBATIM
  COMMENT "Linking C static library static/libperebor.a")
add_custom_target(perebor_static ALL DEPENDS ${static_library})

install(TARGETS perebor_shared EXPORT perebor-targets LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(FILES ${static_library} DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY ${PROJECT_SOURCE_DIR}/include/perebor DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} FILES_MATCHING PATTERN "*.h")
install(DIRECTORY ${PROJECT_SOURCE_DIR}/docs/examples/c/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES ${PROJECT_SOURCE_DIR}/experiments/experiment.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/perebor)
install(DIRECTORY ${PROJECT_SOURCE_DIR}/experiments/flat_csv ${PROJECT_SOURCE_DIR}/experiments/one_click
  DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples
  PATTERN wider.yaml EXCLUDE PATTERN path.yaml EXCLUDE) # which the tutorial tells to save there

# pkg-config: the shared library needs nothing more; --static adds what the rooms call.
set(private_libraries "")
foreach(library IN LISTS MPI_C_LIBRARIES HDF5_C_LIBRARIES)
  list(APPEND private_libraries ${library})
endforeach()
if(NOT Iconv_IS_BUILT_IN)
  list(APPEND private_libraries ${Iconv_LIBRARIES})
endif()
list(REMOVE_DUPLICATES private_libraries)
list(JOIN private_libraries " " private_libraries)
set(private_libraries "${private_libraries} ${OpenMP_C_FLAGS} -lm")
file(RELATIVE_PATH up_to_prefix ${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig ${CMAKE_INSTALL_PREFIX})
configure_file(${PROJECT_SOURCE_DIR}/cmake/perebor.pc.in ${CMAKE_CURRENT_BINARY_DIR}/perebor.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/perebor.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)

set(config_folder ${CMAKE_INSTALL_LIBDIR}/cmake/perebor)
install(EXPORT perebor-targets NAMESPACE perebor:: DESTINATION ${config_folder})
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/perebor-config.cmake.in
  ${CMAKE_CURRENT_BINARY_DIR}/perebor-config.cmake INSTALL_DESTINATION ${config_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/perebor-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/perebor-config.cmake ${CMAKE_CURRENT_BINARY_DIR}/perebor-config-version.cmake
  DESTINATION ${config_folder})
