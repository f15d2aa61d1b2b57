#pragma once
// CITRINE_HD marks a body that runs on the host and on the device.
#if defined(__CUDACC__)
#define CITRINE_HD __host__ __device__
#else
#define CITRINE_HD
#endif
