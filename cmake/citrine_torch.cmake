# Imported target citrine_libtorch. Torch_DIR points to any LibTorch (its share/cmake/Torch); without it the wheel that
# scripts/setup.sh put into build/libtorch is taken. TorchConfig.cmake is not read: with a CUDA build it asks for the
# whole CUDA Toolkit and adds -gencode flags to every CUDA target. libtorch_cuda is opened at run time, when a CUDA
# device is asked for, so that the program starts on machines without it.

if(Torch_DIR)
  get_filename_component(torch_root ${Torch_DIR}/../../.. ABSOLUTE)
else()
  set(torch_root ${PROJECT_SOURCE_DIR}/build/libtorch/torch)
endif()
set(CITRINE_TORCH_ROOT ${torch_root} CACHE PATH "LibTorch: the folder with include/ and lib/" FORCE)

find_library(CITRINE_TORCH_CPU_LIBRARY torch_cpu HINTS ${torch_root}/lib NO_DEFAULT_PATH)
find_library(CITRINE_C10_LIBRARY c10 HINTS ${torch_root}/lib NO_DEFAULT_PATH)
if(NOT CITRINE_TORCH_CPU_LIBRARY OR NOT CITRINE_C10_LIBRARY)
  message(FATAL_ERROR "LibTorch is not in ${torch_root}: run scripts/setup.sh, set Torch_DIR, "
    "or build without it (-DCITRINE_TORCH=OFF)")
endif()

add_library(citrine_libtorch INTERFACE)
target_include_directories(citrine_libtorch SYSTEM INTERFACE
  $<BUILD_INTERFACE:${torch_root}/include> $<BUILD_INTERFACE:${torch_root}/include/torch/csrc/api/include>)
target_link_libraries(citrine_libtorch INTERFACE
  $<BUILD_INTERFACE:${CITRINE_TORCH_CPU_LIBRARY}> $<BUILD_INTERFACE:${CITRINE_C10_LIBRARY}>)
file(GLOB torch_nvidia_folders ${torch_root}/../nvidia/*/lib)
target_link_options(citrine_libtorch INTERFACE
  $<BUILD_INTERFACE:-Wl,--disable-new-dtags,-rpath,${torch_root}/lib>)
foreach(folder ${torch_nvidia_folders})
  target_link_options(citrine_libtorch INTERFACE $<BUILD_INTERFACE:-Wl,-rpath-link,${folder}>)
endforeach()
