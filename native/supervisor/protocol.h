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
    FRAME_FAILED = 130,  /* u32 step, u32 errno: nothing runs; the supervisor exits */
    FRAME_EXITED = 131,  /* u32 raw wait status, u64 user us, u64 system us, u64 peak memory in bytes */
    FRAME_EMPTY = 132,   /* no descendant is left; the supervisor exits */
};

/*
 * An item of START is u8 tag, u32 length, value. Strings carry their terminating NUL. An unknown tag is an
 * error: a limit or a user that is not understood must not be left out in silence.
 */
enum start_item {
    ITEM_ARGUMENT = 1,     /* string, in order; the first is the program's name for itself */
    ITEM_ENVIRONMENT = 2,  /* string NAME=VALUE */
    ITEM_DIRECTORY = 3,    /* string */
    ITEM_ORPHAN_GRACE = 4, /* u32 milliseconds between SIGTERM and SIGKILL once the executor is gone */
    ITEM_PROGRAM = 5,      /* string: the file to execute, looked up in the task's PATH without a slash */
};

enum start_step {
    STEP_SUPERVISOR = 1,
    STEP_SESSION = 2,
    STEP_DIRECTORY = 3,
    STEP_EXEC = 4,
};

#endif
