# find_package(citrine): headers under include/citrine, libraries, and a package file that finds what they need.
include(CMakePackageConfigHelpers)

get_property(libraries GLOBAL PROPERTY CITRINE_LIBRARIES)
list(TRANSFORM libraries PREPEND citrine_ OUTPUT_VARIABLE targets)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/citrine)
install(TARGETS ${targets} EXPORT citrine_targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/citrine)
install(EXPORT citrine_targets NAMESPACE citrine:: DESTINATION ${package_folder})
configure_package_config_file(${CMAKE_CURRENT_LIST_DIR}/citrine-config.cmake.in
  ${CMAKE_BINARY_DIR}/citrine-config.cmake INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_BINARY_DIR}/citrine-config-version.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/citrine-config.cmake ${CMAKE_BINARY_DIR}/citrine-config-version.cmake
  ${CMAKE_CURRENT_LIST_DIR}/citrine_torch.cmake DESTINATION ${package_folder})
