#include "app/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace citrine {
namespace {

// A signal handler has no other way to speak.
volatile sig_atomic_t caught_signal = 0;

constexpr char kAtOnce[] = "citrine: stopped at once; what was finished before is kept\n";

// Only async-signal-safe calls.
extern "C" void on_signal(int signal) {
  if (caught_signal != 0) {
    [[maybe_unused]] const auto count = write(STDERR_FILENO, kAtOnce, sizeof kAtOnce - 1);
    _exit(128 + signal);
  }
  caught_signal = signal;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGXFSZ, SIG_IGN);  // a write beyond the limit of file sizes fails as on a full disk
}

void check_interrupt(const char* outlook) {
  if (const int signal = caught_signal; signal != 0) throw Interrupted(signal, outlook);
}

}  // namespace citrine
