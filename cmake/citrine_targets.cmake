# One static library a folder, one test executable a folder.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(citrine_warnings INTERFACE)
target_compile_options(citrine_warnings INTERFACE
  $<$<COMPILE_LANGUAGE:CXX>:-Wall;-Wextra;-Wpedantic;-Wshadow;-Wconversion;-Wnon-virtual-dtor;-Woverloaded-virtual>
  $<$<AND:$<COMPILE_LANGUAGE:CXX>,$<BOOL:${CITRINE_WERROR}>>:-Werror>)

if(CITRINE_SANITIZER)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fsanitize=${CITRINE_SANITIZER}>
    $<$<COMPILE_LANGUAGE:CXX>:-fno-omit-frame-pointer> $<$<COMPILE_LANGUAGE:CXX>:-fno-sanitize-recover=all>)
  add_link_options(-fsanitize=${CITRINE_SANITIZER})
endif()

# citrine_library(NAME SOURCES a.cpp... [LINK target...] [PRIVATE target...]); every .h of the folder is public.
function(citrine_library name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK;PRIVATE" ${ARGN})
  add_library(citrine_${name} STATIC ${arg_SOURCES})
  file(GLOB headers CONFIGURE_DEPENDS *.h)
  string(FIND ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_SOURCE_DIR}/src in_src)
  set(base ${PROJECT_SOURCE_DIR})
  if(in_src EQUAL 0)
    string(APPEND base /src)
  endif()
  target_sources(citrine_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${base} FILES ${headers})
  add_library(citrine::${name} ALIAS citrine_${name})
  set_target_properties(citrine_${name} PROPERTIES EXPORT_NAME ${name})
  target_compile_features(citrine_${name} PUBLIC cxx_std_20)
  target_include_directories(citrine_${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}/citrine>)
  target_link_libraries(citrine_${name} PUBLIC ${arg_LINK}
    PRIVATE $<BUILD_INTERFACE:citrine_warnings> ${arg_PRIVATE})
  set_property(GLOBAL APPEND PROPERTY CITRINE_LIBRARIES ${name})
endfunction()

# citrine_test(FOLDER SOURCES a_test.cpp... [LINK target...]): one executable, found test by test.
function(citrine_test name)
  cmake_parse_arguments(arg "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name}_test ${arg_SOURCES} ${PROJECT_SOURCE_DIR}/tests/thread_sanitizer.cpp)
  target_include_directories(${name}_test PRIVATE ${PROJECT_SOURCE_DIR}/tests)
  target_compile_definitions(${name}_test PRIVATE CITRINE_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name}_test PRIVATE citrine_warnings ${arg_LINK} GTest::gmock GTest::gtest_main)
  gtest_discover_tests(${name}_test TEST_PREFIX ${name}. PROPERTIES TIMEOUT 600
    DISCOVERY_TIMEOUT 60)
endfunction()
