// Debian's oneTBB is not built for the thread sanitizer, which therefore sees no order between its
// tasks. What several threads share is tested with std::thread, without it.
#if defined(__SANITIZE_THREAD__)
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:libtbb.so\nrace:tbb::detail\n";
}

// The longest memory of accesses: one whose stack is forgotten cannot be told from ours.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() { return "history_size=7"; }
#endif
