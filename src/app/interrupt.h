#pragma once
// Ctrl-C and termination: the first asks to stop at the next safe point, the second ends the
// program at once.
#include <exception>

namespace citrine {

// Thrown at a safe point after a signal; what() says what becomes of the work.
class Interrupted : public std::exception {
 public:
  Interrupted(int signal, const char* outlook) : signal_(signal), outlook_(outlook) {}
  int signal() const { return signal_; }
  const char* what() const noexcept override { return outlook_; }

 private:
  int signal_;
  const char* outlook_;
};

inline constexpr char kContinues[] =
    "stopped; what is finished is kept, and the same command continues from there";
inline constexpr char kNothingWritten[] = "stopped; nothing was written";

// Also lets a write beyond the limit of file sizes fail instead of ending the program.
void catch_interrupts();
// Throws Interrupted if a signal came. `outlook` must outlive the exception.
void check_interrupt(const char* outlook = kContinues);

}  // namespace citrine
