/* A loaded libmesos and the symbols found in it. */
#pragma once

#include <climits>
#include <cstddef>

#include "executor_bridge.h"
#include "mesos.h"

/* In the order of the table in library.cpp. */
enum class Symbol {
    Construct,
    Destruct,
    Start,
    Stop,
    Abort,
    Join,
    SendStatusUpdate,
    SendFrameworkMessage,
    SerializeToArray,
    ParseFromArray,
    TaskStatusConstruct,
    TaskStatusDestruct,
    ExecutorInfoSize,
    FrameworkInfoSize,
    SlaveInfoSize,
    TaskInfoSize,
    TaskIDSize,
    Count,
};

struct eb_library {
    static constexpr int symbol_count = static_cast<int>(Symbol::Count);

    void *addresses[symbol_count];
    const char *names[symbol_count]; /* the one found, else the first that was looked for */
    eb_string_abi string_abi;
    bool protobuf2;
    int32_t oldest_version;
    int32_t newest_version;
    int32_t missing;
    char path[PATH_MAX];

    template <typename Function> Function get(Symbol symbol) const {
        return reinterpret_cast<Function>(addresses[static_cast<int>(symbol)]);
    }
};

/* Whether the loader can be given this file without harm; else why not, in `error`. */
eb_result check_file(const char *path, char *error, size_t error_size);
