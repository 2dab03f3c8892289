/*
 * What task-supervisor and the executor say to each other over the control socket. The C# side is
 * src/Executor.Core/Processes/SupervisorFrames.cs; the two change together, there is no negotiation.
 *
 * A frame is u32 payload length, u8 type, payload. All numbers are little-endian and unaligned.
 */
#ifndef TASK_SUPERVISOR_PROTOCOL_H
#define TASK_SUPERVISOR_PROTOCOL_H

/* The kernel takes at most 6 MiB of arguments and environment: whatever it could accept fits. */
#define MAX_PAYLOAD (8u << 20)
#define HEADER_SIZE 5

enum from_executor {
    FRAME_START = 1,  /* items, see below; once, and first */
    FRAME_SIGNAL = 2, /* u32 signal number: to every process of the tree */
};

enum to_executor {
    FRAME_STARTED = 129, /* u32 pid of the leader: the program has been exec'd */
    FRAME_FAILED = 130,  /* u32 step, u32 errno, u32 detail of the step: nothing runs; the supervisor exits */
    FRAME_EXITED = 131,  /* u32 raw wait status of the leader */
    FRAME_EMPTY = 132, /* u64 user us, u64 system us, u64 peak bytes of the tree, of which nothing is left; it exits */
};

/*
 * An item of START is u8 tag, u32 length, value. Strings carry their terminating NUL. An unknown tag is an
 * error: a limit or a user that is not understood must not be left out in silence. Where a single item is
 * left out, that property is the supervisor's own.
 */
enum start_item {
    ITEM_ARGUMENT = 1,     /* string, in order; the first is the program's name for itself */
    ITEM_ENVIRONMENT = 2,  /* string NAME=VALUE */
    ITEM_DIRECTORY = 3,    /* string */
    ITEM_ORPHAN_GRACE = 4, /* u32 milliseconds between SIGTERM and SIGKILL once the executor is gone */
    ITEM_PROGRAM = 5,      /* string: the file to execute, looked up in the task's PATH without a slash */
    ITEM_USER = 6,         /* u32 uid, u32 gid, then u32 for each supplementary group */
    ITEM_LIMIT = 7,        /* u32 resource as the kernel counts them, u64 soft, u64 hard; all ones: unlimited */
    ITEM_UMASK = 8,        /* u32 */
    ITEM_OOM_SCORE = 9,    /* i32 for /proc/self/oom_score_adj */
    ITEM_SPARED = 10,      /* string: processes of this name get no SIGTERM, whatever its case */
    ITEM_HAND_OVER = 11,   /* empty: where the directory is this user's, it becomes that of ITEM_USER */
};

enum start_step {
    STEP_SUPERVISOR = 1,
    STEP_SESSION = 2,
    STEP_DIRECTORY = 3,
    STEP_EXEC = 4,
    STEP_USER = 5,
    STEP_LIMIT = 6, /* detail: the resource */
    STEP_OOM_SCORE = 7,
    STEP_ENDED = 8, /* somebody ended the process before it was the program; detail: its raw wait status */
};

#endif
