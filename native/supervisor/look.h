/* What a look at /proc shows of the tree. */
#ifndef TASK_SUPERVISOR_LOOK_H
#define TASK_SUPERVISOR_LOOK_H

#include "processes.h"

#include <stddef.h>

struct process_table {
    struct process *rows; /* by pid; look() has marked our descendants as ours */
    size_t count, room;
    struct pids sessions; /* those that our descendants have made */
};

/* What one look knows from those before it. */
struct looker {
    pid_t leader;                                               /* 0 once it is reaped */
    bool leader_left;                                           /* our session, for its own */
    const struct process_table *before;                         /* what the last look has shown */
    struct pids foreign;                                        /* sessions of others, which need not be read again */
    bool (*at_sight)(const struct process *process, int signo); /* true when its whole group has the signal */
};

/* The tree as it is now. At first sight of each descendant at_sight is called: it may be gone when the look is over. */
struct process_table look(struct looker *looker, int signo);

struct process *find(const struct process_table *table, pid_t pid); /* NULL when it is not there */
void drop(struct process_table *table);
pid_t own_session(void);

#endif
