#pragma once

#include <cstdio>
#include <sanitizer/lsan_interface.h>
#include <unistd.h>

/* Ends the scenario with what was wrong; from any thread, so nothing is cleaned up. */
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (false)

/* For what the bridge leaves in memory on purpose: no leak, and neither is what it points to. */
inline void never_freed(const void *object) {
    if (object)
        __lsan_ignore_object(object);
}
