/*
 * A program to supervise that does what no application should.
 *
 *   test-task chain COUNT          fork and exit, over and over: never one pid for long
 *   test-task group-chain COUNT    the same, each in a process group of its own
 *   test-task session-chain COUNT  the same, each in a session of its own
 *   test-task core                 dump core
 *   test-task listen               hold a port, whose number it prints, for ever
 *   test-task bystanders FILE      start processes one after the other, each under a pid that others have just had,
 *                                  until FILE exists, and tell whether one was harmed; in a pid namespace, as root
 *
 * Prints "ready" when it is under way. COUNT ends it should nothing else do.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
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

static int hold_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        return 1;
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    for (;;)
        pause();
}

static int bystanders(const char *until) {
    const char before_first[] = "20";
    while (access(until, F_OK) != 0) {
        FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "w");
        if (last == NULL || fputs(before_first, last) < 0 || fclose(last) != 0) {
            puts("pids cannot be chosen");
            return 1;
        }
        pid_t pid = fork();
        if (pid == 0) {
            usleep(300);
            _exit(0);
        }
        int status;
        waitpid(pid, &status, WUNTRACED);
        if (!WIFEXITED(status)) {
            printf("harmed: wait status %x\n", (unsigned)status);
            return 1;
        }
    }
    puts("untouched");
    return 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "core") == 0)
        abort();
    if (count == 2 && strcmp(arguments[1], "listen") == 0)
        return hold_port();
    if (count != 3) {
        fputs("usage: test-task chain|group-chain|session-chain COUNT, bystanders FILE, core or listen\n", stderr);
        return 2;
    }
    if (strcmp(arguments[1], "bystanders") == 0)
        return bystanders(arguments[2]);
    return chain(arguments[1], atol(arguments[2]));
}
