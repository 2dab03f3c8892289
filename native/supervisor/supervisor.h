/* What the parts of task-supervisor know of each other; task-supervisor.c says what the whole is for. */
#ifndef TASK_SUPERVISOR_H
#define TASK_SUPERVISOR_H

#include "protocol.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

/* task-supervisor.c */
void *need(void *memory); /* ends the supervisor when there is none */
int64_t now_ms(void);     /* monotonic */

/* prepare.c */
enum { CONTROL = 3 }; /* the control socket */
int prepare(void);    /* the signalfd for SIGCHLD; -1, with errno, when this process cannot do its work */

/* control.c: the control socket. A report that cannot be delivered has no reader, and receive() will tell. */
uint32_t get_number(const uint8_t *at);
uint64_t get_number64(const uint8_t *at);
void report_started(pid_t leader);
void report_failed(enum start_step step, uint32_t error, uint32_t detail);
void report_exited(int status);
void report_empty(const struct rusage *usage);

struct frame {
    uint8_t type;
    uint8_t *payload; /* the taker's to free */
    size_t length;
};
enum received { RECEIVED_NOTHING, RECEIVED_FRAME, RECEIVED_NONSENSE, RECEIVED_END };

/* Takes what is there and never waits for more: a peer that stops in the middle of a frame stops nothing here. */
enum received receive(struct frame *frame);

/* processes.c: see processes.h for the rest */
bool has_run_exec(pid_t pid); /* of a child that has not been reaped */

/* tree.c: the tree as /proc shows it */
void signal_tree(int signo, pid_t leader); /* leader: 0 once it is reaped */
void spare(const char *name);              /* from SIGTERM, from now on */

/* start.c: what to start, and the child that becomes it */
struct program {
    const char *file;
    char **arguments, **environment;
    const char *directory;
    const uint8_t *user; /* the value of ITEM_USER; NULL keeps this user */
    size_t groups;       /* how many follow uid and gid in it */
    const uint8_t *limits[16];
    size_t limit_count;
    bool hand_over;           /* the directory, to the user */
    int umask;                /* -1 keeps this one */
    const uint8_t *oom_score; /* NULL keeps this one */
    uint32_t orphan_grace_ms;
};

/* NULL, or what is wrong. The program points into the payload, which must stay until the fork. */
const char *read_program(uint8_t *payload, size_t length, struct program *program);

/* In the child: on failure writes step, errno and detail, three u32 of the machine, to start_report. */
_Noreturn void become_leader(const struct program *program, int start_report, pid_t supervisor);

#endif
