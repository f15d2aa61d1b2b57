#pragma once
// The commands of the program. Results go to standard output, messages to the log; a failure is an
// exception.
#include "app/options.h"

namespace citrine {

void run_quickstart(const Options& options);
void run_data(const Options& options);
void run_inspect(const Options& options);
void run_train(const Options& options);
void run_evaluate(const Options& options);
void run_search(const Options& options);
void run_quantize(const Options& options);
void run_inject(const Options& options);
void run_explain(const Options& options);
void run_compare(const Options& options);
void run_merge(const Options& options);
void run_report(const Options& options);
void run_bench(const Options& options);

void run_command(const Options& options);

}  // namespace citrine
