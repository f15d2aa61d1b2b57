# Imported target citrine_libtorch. Torch_DIR points to any LibTorch (its share/cmake/Torch); without it the wheel that
# scripts/setup.sh put into build/libtorch is taken. TorchConfig.cmake is not read: with a CUDA build it asks for the
# whole CUDA Toolkit and adds -gencode flags to every CUDA target. libtorch_cuda is opened at run time, when a CUDA
# device is asked for, so that the program starts on machines without it.

if(Torch_DIR)
  get_filename_component(CITRINE_TORCH_ROOT ${Torch_DIR}/../../.. ABSOLUTE)
elseif(CITRINE_TORCH_DEFAULT)
  set(CITRINE_TORCH_ROOT ${CITRINE_TORCH_DEFAULT})
else()
  set(CITRINE_TORCH_ROOT ${PROJECT_SOURCE_DIR}/build/libtorch/torch)
endif()

find_library(CITRINE_TORCH_CPU_LIBRARY torch_cpu HINTS ${CITRINE_TORCH_ROOT}/lib NO_DEFAULT_PATH)
find_library(CITRINE_C10_LIBRARY c10 HINTS ${CITRINE_TORCH_ROOT}/lib NO_DEFAULT_PATH)
if(NOT CITRINE_TORCH_CPU_LIBRARY OR NOT CITRINE_C10_LIBRARY)
  message(FATAL_ERROR "LibTorch is not in ${CITRINE_TORCH_ROOT}: run scripts/setup.sh, set Torch_DIR, "
    "or build without it (-DCITRINE_TORCH=OFF)")
endif()

add_library(citrine_libtorch INTERFACE IMPORTED GLOBAL)
target_include_directories(citrine_libtorch SYSTEM INTERFACE
  ${CITRINE_TORCH_ROOT}/include ${CITRINE_TORCH_ROOT}/include/torch/csrc/api/include)
target_link_libraries(citrine_libtorch INTERFACE ${CITRINE_TORCH_CPU_LIBRARY} ${CITRINE_C10_LIBRARY})
target_link_options(citrine_libtorch INTERFACE -Wl,-rpath,${CITRINE_TORCH_ROOT}/lib)
file(GLOB nvidia_folders ${CITRINE_TORCH_ROOT}/../nvidia/*/lib)
foreach(folder ${nvidia_folders})
  target_link_options(citrine_libtorch INTERFACE -Wl,-rpath-link,${folder})
endforeach()
