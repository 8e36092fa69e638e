# cpack -G DEB: a package of the program, the library, its headers and the manual for the Debian that
# it is built on. What it depends on is read off the binaries.
set(CPACK_PACKAGE_NAME perebor)
set(CPACK_PACKAGE_VENDOR "The Perebor authors")
set(CPACK_PACKAGE_CONTACT "The Perebor authors <perebor@example.org>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "parallel hyperparameter search whose answer is the same anywhere")
set(CPACK_PACKAGE_DESCRIPTION
"Perebor searches the hyperparameters of classifiers for tabular data, on one
core or on a cluster, and gives the same answer on both, to the last bit. It
chooses, refits, explains, and predicts; every trial lies in one HDF5 file.")
set(CPACK_STRIP_FILES ON)
set(CPACK_GENERATOR DEB TGZ)
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_GENERATE_SHLIBS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS mpich)
set(triggers ${CMAKE_CURRENT_BINARY_DIR}/debian/triggers) # who installs the library has the loader's list made anew
file(WRITE ${triggers} "activate-noawait ldconfig\n")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${triggers})
include(CPack)

# What Debian wants to find in a package's folder of documents.
set(changelog ${CMAKE_CURRENT_BINARY_DIR}/changelog.gz)
add_custom_command(OUTPUT ${changelog} COMMAND sh -c "gzip -9nc ${PROJECT_SOURCE_DIR}/CHANGELOG.md > ${changelog}"
  DEPENDS ${PROJECT_SOURCE_DIR}/CHANGELOG.md VERBATIM)
add_custom_target(perebor_changelog ALL DEPENDS ${changelog})
install(FILES ${changelog} DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)
