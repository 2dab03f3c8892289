/* Single processes, as /proc shows them at one moment. */
#ifndef TASK_SUPERVISOR_PROCESSES_H
#define TASK_SUPERVISOR_PROCESSES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum {
    NAME_SIZE = 16,      /* of the kernel, its NUL included */
    UNKNOWN_PARENT = -1, /* nobody's pid; 0 is the parent of the first process */
};

struct process {
    pid_t pid, parent, group, session;
    unsigned long long start; /* clock ticks after boot; with the pid it names one process for ever */
    unsigned flags;
    long threads;
    char state;
    char name[NAME_SIZE];
    bool live, ours, foreign, signalled;
    bool hidden; /* it is there, and /proc does not show it: only pid, group and session are known */
};

struct pids {
    pid_t *ids; /* in no order */
    size_t count;
};

void add_pid(struct pids *pids, pid_t pid);

/* False when there is no such process any more. */
bool read_process(pid_t pid, struct process *process);

/* A child of ours that has not been reaped is there, whatever /proc says. */
struct process read_child(pid_t pid);

/* Appends the children of all its threads. False when they cannot be told; who is gone has none. */
bool read_children(const struct process *parent, struct pids *children);

/* The next number in an open directory of /proc; 0 at the end. */
pid_t next_pid(int proc);

#endif
