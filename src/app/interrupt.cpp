#include "app/interrupt.h"

#include <signal.h>
#include <unistd.h>

namespace citrine {
namespace {

// A signal handler has no other way to speak.
volatile sig_atomic_t caught_signal = 0;

extern "C" void on_signal(int signal) {
  if (caught_signal != 0) _exit(128 + signal);
  caught_signal = signal;
}

}  // namespace

void catch_interrupts() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

void check_interrupt(const char* outlook) {
  if (const int signal = caught_signal; signal != 0) throw Interrupted(signal, outlook);
}

}  // namespace citrine
