#pragma once
// Every file of ours, its layout in docs/format.md.
#include "store/atomic_file.h"
#include "store/campaign_file.h"
#include "store/exhaustive_file.h"
#include "store/integer_network_file.h"
#include "store/network_file.h"
#include "store/origin.h"
#include "store/row_log.h"
#include "store/run_lock.h"
#include "store/seal.h"
#include "store/training_state_file.h"
