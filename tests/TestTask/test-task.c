/*
 * A program to supervise that does what no application should.
 *
 *   test-task chain COUNT          fork and exit, over and over: never one pid for long
 *   test-task group-chain COUNT    the same, each in a process group of its own
 *   test-task session-chain COUNT  the same, each in a session of its own
 *   test-task core                 dump core
 *
 * Prints "ready" when it is under way. COUNT ends it should nothing else do.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void ready(void) {
    puts("ready");
    fflush(stdout);
}

static int chain(const char *kind, long count) {
    for (long generation = 0; generation < count; generation++) {
        if (generation == 100)
            ready();
        if (fork() != 0)
            _exit(0);
        if (strcmp(kind, "group-chain") == 0)
            setpgid(0, 0);
        if (strcmp(kind, "session-chain") == 0)
            setsid();
    }
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "core") == 0)
        abort();
    if (count != 3) {
        fputs("usage: test-task chain|group-chain|session-chain COUNT, or core\n", stderr);
        return 2;
    }
    return chain(arguments[1], atol(arguments[2]));
}
