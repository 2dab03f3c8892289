#pragma once

#include <cstdio>
#include <unistd.h>

/* Ends the scenario with what was wrong; from any thread, so nothing is cleaned up. */
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition);                                    \
            _exit(1);                                                                                                  \
        }                                                                                                              \
    } while (false)
