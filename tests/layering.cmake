cmake_minimum_required(VERSION 3.25)
# A folder includes only what stands above it: each line gives a folder and the folders that it may include. No two
# headers define a type of the same name: all share the namespace, and one program links them.
# usage: cmake -DSOURCE=... -P layering.cmake
set(rules
  "kernels|kernels"
  "quant|quant kernels"
  "faultsim|faultsim quant kernels"
  "src/graph|graph kernels"
  "src/models|models graph kernels"
  "src/morph|morph graph kernels"
  "src/objectives|objectives graph quant kernels"
  "src/store|store graph faultsim quant kernels"
  "src/data|data graph kernels"
  "src/train|train data graph quant kernels"
  "src/lower|lower train data graph quant kernels"
  "src/search|search morph objectives graph kernels"
  "src/report|report store search objectives models graph faultsim quant kernels"
  "src/app|app report search lower train data store objectives morph models graph faultsim quant kernels")
# Libraries that stop at certain folders.
set(guarded
  "torch/|src/train" "ATen/|src/train" "hdf5|src/store" "H5|src/store" "boost/program_options|src/app" "mpi|src/app")

set(errors "")
set(types "")
foreach(rule ${rules})
  string(REPLACE "|" ";" parts ${rule})
  list(GET parts 0 folder)
  list(GET parts 1 allowed)
  string(REPLACE " " ";" allowed ${allowed})
  file(GLOB_RECURSE files ${SOURCE}/${folder}/*.h ${SOURCE}/${folder}/*.cuh ${SOURCE}/${folder}/*.cpp ${SOURCE}/${folder}/*.cu)
  if(NOT files)
    string(APPEND errors "${folder}: no sources\n")
  endif()
  foreach(file ${files})
    file(STRINGS ${file} includes REGEX "^ *#include")
    foreach(include ${includes})
      if(include MATCHES "\"([a-z_]+)/" AND NOT CMAKE_MATCH_1 IN_LIST allowed)
        string(APPEND errors "${file}: ${include}: ${folder} may not include ${CMAKE_MATCH_1}\n")
      endif()
      foreach(guard ${guarded})
        string(REPLACE "|" ";" parts ${guard})
        list(GET parts 0 library)
        list(GET parts 1 home)
        if(include MATCHES "<${library}" AND NOT folder STREQUAL home)
          string(APPEND errors "${file}: ${include}: only ${home} includes <${library}...>\n")
        endif()
      endforeach()
    endforeach()
    if(file MATCHES "\\.h$")
      file(STRINGS ${file} lines REGEX "^(struct|class|enum class) [A-Za-z0-9_]+ [^;]*{")
      list(TRANSFORM lines REPLACE "^(struct|class|enum class) ([A-Za-z0-9_]+).*" "\\2")
      foreach(type ${lines})
        if(type IN_LIST types)
          string(APPEND errors "${file}: ${type} is defined in another header too\n")
        endif()
      endforeach()
      list(APPEND types ${lines})
    endif()
  endforeach()
endforeach()
if(errors)
  message(FATAL_ERROR "${errors}")
endif()
