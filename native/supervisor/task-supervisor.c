/*
 * task-supervisor stands between the executor and its task, so that no process of the task is ever lost.
 *
 *   task-supervisor             supervise; the executor starts it so, with a control socket on descriptor 3
 *   task-supervisor --version   print the version
 *   task-supervisor --help      print the usage
 *
 * Descriptors 1 and 2 are the task's stdout and stderr; its stdin is /dev/null. The words spoken over the
 * control socket are in protocol.h. The order of things:
 *
 *   START  -> the program is started in its own session -> STARTED, or FAILED and exit
 *   SIGNAL -> every descendant gets it: all are stopped first, so that none escapes by forking, then
 *             signalled, then continued. SIGKILL needs no stop and is repeated until nothing lives.
 *   the leader ends         -> EXITED; its descendants may live on
 *   no descendant is left   -> EMPTY, exit 0
 *   the control socket ends -> SIGTERM to the tree, the orphan grace, SIGKILL until it is empty
 *   a malformed frame       -> the same, then exit 2 with one line on stderr
 *
 * One thread, one poll, no timer unless a tree is being ended: an idle supervisor never wakes up. Needs
 * /proc; uses pidfds where the kernel has them (5.3).
 */
#define _GNU_SOURCE
#include "protocol.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME "task-supervisor"

enum {
    CONTROL = 3,
    EXIT_MALFORMED = 2,
    DEFAULT_ORPHAN_GRACE_MS = 5000,
    KILL_RETRY_FIRST_MS = 10,
    KILL_RETRY_MAX_MS = 100,
    SWEEP_ROUNDS = 100,
};

enum ending { NOT_ENDING, TERMINATING, KILLING };

struct process {
    pid_t pid, parent;
    unsigned long long start; /* clock ticks after boot; with the pid it names one process for ever */
    char state;
    bool live, ours, signalled;
};

struct process_table {
    struct process *rows;
    size_t count, room;
};

struct program {
    const char *file;
    char **arguments, **environment;
    const char *directory;
};

static struct {
    int signals;        /* signalfd for SIGCHLD */
    int start_report;   /* read end of the pipe that tells how the exec went; -1 outside a start */
    bool control_ended; /* nothing more is read from CONTROL */
    bool asked;         /* START has been seen */
    bool started;       /* the program has been exec'd */
    pid_t leader;       /* 0 before the fork and after the reaping */
    enum ending ending;
    int64_t deadline; /* ms, monotonic: end of the grace, or the next repetition of SIGKILL */
    int kill_retry_ms;
    uint32_t orphan_grace_ms;
    int exit_code;
} self = {.start_report = -1, .orphan_grace_ms = DEFAULT_ORPHAN_GRACE_MS};

static void complain(const char *what) { dprintf(STDERR_FILENO, NAME ": %s\n", what); }

static int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void *need(void *memory) {
    if (memory == NULL) {
        complain("out of memory");
        _exit(1); /* the leader goes too: its death signal is tied to this process */
    }
    return memory;
}

/* ---- numbers and frames ---- */

static uint32_t get_u32(const uint8_t *at) {
    return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint8_t *put(uint8_t *at, uint64_t value, int bytes) {
    for (int i = 0; i < bytes; i++)
        *at++ = (uint8_t)(value >> (8 * i));
    return at;
}

/* A report that cannot be delivered has no reader: the poll will see the end of the socket. */
static void report(enum to_executor type, const uint8_t *payload, size_t length) {
    uint8_t frame[HEADER_SIZE + 32];
    put(put(frame, length, 4), type, 1);
    memcpy(frame + HEADER_SIZE, payload, length);
    send(CONTROL, frame, HEADER_SIZE + length, MSG_NOSIGNAL);
}

static void report_numbers(enum to_executor type, uint32_t first, uint32_t second, size_t length) {
    uint8_t payload[8];
    put(put(payload, first, 4), second, 4);
    report(type, payload, length);
}

static void report_exited(int status, const struct rusage *usage) {
    uint8_t payload[28], *at = put(payload, (uint32_t)status, 4);
    at = put(at, (uint64_t)usage->ru_utime.tv_sec * 1000000 + usage->ru_utime.tv_usec, 8);
    at = put(at, (uint64_t)usage->ru_stime.tv_sec * 1000000 + usage->ru_stime.tv_usec, 8);
    put(at, (uint64_t)usage->ru_maxrss * 1024, 8);
    report(FRAME_EXITED, payload, sizeof payload);
}

/* ---- the tree, as /proc shows it ---- */

/* False when there is no such process any more. */
static bool read_process(pid_t pid, struct process *process) {
    char path[32], text[1024];
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, sizeof text - 1);
    close(file);
    if (length <= 0)
        return false;
    text[length] = 0;

    /* The name stands in parentheses and may itself contain any character: fields count from the last one. */
    char *fields = strrchr(text, ')');
    long threads;
    *process = (struct process){.pid = pid};
    if (fields == NULL || sscanf(fields,
                                 ") %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d"
                                 " %llu",
                                 &process->state, &process->parent, &threads, &process->start) != 4)
        return false;
    /* A process whose first thread has ended looks like a zombie while its other threads run on. */
    process->live = process->state != 'X' && (process->state != 'Z' || threads > 1);
    return true;
}

static int by_pid(const void *left, const void *right) {
    pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
    return (a > b) - (a < b);
}

static struct process *find(const struct process_table *table, pid_t pid) {
    struct process key = {.pid = pid};
    return table->count == 0 ? NULL : bsearch(&key, table->rows, table->count, sizeof key, by_pid);
}

/* All processes of the host, by pid, with our descendants marked. The caller frees the rows. */
static struct process_table scan(void) {
    struct process_table table = {0};
    DIR *proc = opendir("/proc");
    for (struct dirent *entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
        struct process process;
        pid_t pid = atoi(entry->d_name);
        if (pid <= 0 || !read_process(pid, &process))
            continue;
        if (table.count == table.room) {
            table.room = table.room == 0 ? 256 : table.room * 2;
            table.rows = need(realloc(table.rows, table.room * sizeof *table.rows));
        }
        table.rows[table.count++] = process;
    }
    if (proc != NULL)
        closedir(proc);
    if (table.count > 0)
        qsort(table.rows, table.count, sizeof *table.rows, by_pid);

    /* Children mostly have higher pids than their parents, so that one pass finds nearly all of them. */
    pid_t me = getpid();
    for (bool changed = true; changed;) {
        changed = false;
        for (struct process *row = table.rows; row < table.rows + table.count; row++) {
            if (row->ours)
                continue;
            struct process *parent = find(&table, row->parent);
            row->ours = row->parent == me || (parent != NULL && parent->ours);
            changed |= row->ours;
        }
    }
    return table;
}

/* The pid may have a new owner since the scan: pin it down, compare the start time, and only then signal. */
static void send_signal(const struct process *process, int signo) {
    struct process now;
    int handle = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (handle < 0 && errno == ESRCH)
        return;
    if (read_process(process->pid, &now) && now.start == process->start) {
        if (handle >= 0)
            syscall(SYS_pidfd_send_signal, handle, signo, NULL, 0);
        else
            kill(process->pid, signo);
    }
    if (handle >= 0)
        close(handle);
}

/*
 * Signals every live descendant once, and again whoever appears meanwhile, until nobody new does. After
 * SIGSTOP it also waits until all of them stand still: one that is just inside fork would have a child after
 * the last look. Uninterruptible ones (D; also a parent waiting in vfork) count as standing. The rounds bound
 * the time.
 */
static struct process_table sweep(int signo) {
    struct process_table seen = {0};
    for (int round = 0; round < SWEEP_ROUNDS; round++) {
        struct process_table now = scan();
        bool fresh = false, moving = false;
        for (struct process *row = now.rows; row < now.rows + now.count; row++) {
            if (!row->ours || !row->live)
                continue;
            struct process *before = find(&seen, row->pid);
            row->signalled = before != NULL && before->start == row->start && before->signalled;
            if (!row->signalled) {
                send_signal(row, signo);
                row->signalled = fresh = true;
            } else if (signo == SIGSTOP && (row->state == 'R' || row->state == 'S')) {
                moving = true;
            }
        }
        free(seen.rows);
        seen = now;
        if (!fresh && !moving)
            break;
        if (!fresh)
            nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return seen;
}

static void send_to_all(const struct process_table *table, int signo) {
    /* Newest first: a parent that is continued before its children could end and leave them behind stopped.
     */
    for (size_t i = table->count; i-- > 0;)
        if (table->rows[i].signalled)
            send_signal(&table->rows[i], signo);
}

static void kill_tree(void) { free(sweep(SIGKILL).rows); }

static void begin_killing(void) {
    if (self.ending == KILLING)
        return;
    self.ending = KILLING;
    self.kill_retry_ms = KILL_RETRY_FIRST_MS;
    self.deadline = now_ms() + self.kill_retry_ms;
    kill_tree();
}

static void signal_tree(int signo) {
    struct process_table tree = {0};
    switch (signo) {
    case SIGKILL:
        begin_killing();
        break;
    case SIGCONT:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: /* a SIGCONT afterwards would undo these */
        tree = sweep(signo);
        break;
    default:
        tree = sweep(SIGSTOP);
        send_to_all(&tree, signo);
        send_to_all(&tree, SIGCONT);
    }
    free(tree.rows);
}

/* ---- starting ---- */

static _Noreturn void give_up(int start_report, enum start_step step) {
    uint32_t failure[2] = {step, (uint32_t)errno};
    if (write(start_report, failure, sizeof failure) < 0) {
        /* The supervisor is gone, and so is whoever could be told. */
    }
    _exit(127);
}

/* In the child. Everything but 0, 1 and 2 closes on exec. */
static _Noreturn void become_leader(const struct program *program, int start_report, pid_t supervisor) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) /* it died before the line above */
        _exit(127);
    if (setsid() < 0)
        give_up(start_report, STEP_SESSION);
    if (chdir(program->directory) < 0)
        give_up(start_report, STEP_DIRECTORY);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    environ = program->environment; /* execvp looks PATH up there */
    execvp(program->file, program->arguments);
    give_up(start_report, STEP_EXEC);
}

static void start(const struct program *program) {
    int ends[2];
    pid_t supervisor = getpid(), shown = 0;
    char link[16] = "";
    /* Without a /proc of this pid namespace the tree cannot be seen, and a task would be let loose. */
    if (readlink("/proc/self", link, sizeof link - 1) > 0)
        shown = atoi(link);
    if (shown != supervisor) {
        report_numbers(FRAME_FAILED, STEP_SUPERVISOR, ENOSYS, 8);
        exit(0);
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 || (self.leader = fork()) < 0) {
        report_numbers(FRAME_FAILED, STEP_SUPERVISOR, (uint32_t)errno, 8);
        exit(0);
    }
    if (self.leader == 0)
        become_leader(program, ends[1], supervisor);
    close(ends[1]);
    self.start_report = ends[0];
    /* The task's stdout ends when the task closes it. stderr is kept for complaints. */
    dup2(STDIN_FILENO, STDOUT_FILENO);
}

/* The pipe closes on a successful exec; it carries step and errno of a failed one. */
static void settle_start(void) {
    uint32_t failure[2];
    ssize_t length = read(self.start_report, failure, sizeof failure);
    if (length < 0)
        return;
    close(self.start_report);
    self.start_report = -1;
    self.started = length == 0;
    if (self.started)
        report_numbers(FRAME_STARTED, (uint32_t)self.leader, 0, 4);
    else
        report_numbers(FRAME_FAILED, failure[0], failure[1], 8);
}

/* ---- the control socket ---- */

/* The executor is gone, or not to be understood: nothing may outlive it. */
static void end_orphan(void) {
    self.control_ended = true;
    if (self.leader == 0 && !self.started)
        exit(self.exit_code);
    if (self.ending != NOT_ENDING)
        return;
    self.ending = TERMINATING;
    self.deadline = now_ms() + self.orphan_grace_ms;
    signal_tree(SIGTERM);
}

static void refuse(const char *what) {
    complain(what);
    self.exit_code = EXIT_MALFORMED;
    end_orphan();
}

/* Points into the payload, which must stay until the fork. */
static const char *read_start(uint8_t *payload, size_t length, struct program *program) {
    size_t arguments = 0, variables = 0;
    for (size_t at = 0; at < length;) {
        if (length - at < 5 || get_u32(payload + at + 1) > length - at - 5)
            return "an item of START is cut short";
        uint8_t tag = payload[at];
        size_t size = get_u32(payload + at + 1);
        uint8_t *value = payload + at + 5;
        at += 5 + size;
        if (tag == ITEM_ORPHAN_GRACE && size == 4) {
            self.orphan_grace_ms = get_u32(value);
            continue;
        }
        if (size == 0 || memchr(value, 0, size) != value + size - 1)
            return "an item of START is not a string";
        if (tag == ITEM_ARGUMENT)
            program->arguments[arguments++] = (char *)value;
        else if (tag == ITEM_ENVIRONMENT)
            program->environment[variables++] = (char *)value;
        else if (tag == ITEM_DIRECTORY)
            program->directory = (char *)value;
        else if (tag == ITEM_PROGRAM)
            program->file = (char *)value;
        else
            return "an item of START has an unknown tag";
    }
    if (program->file == NULL || arguments == 0 || program->directory == NULL)
        return "START lacks a program, arguments or a directory";
    return NULL;
}

static void on_start(uint8_t *payload, size_t length) {
    /* Every string takes at least six bytes, so that these are long enough, and the rest stays NULL. */
    size_t most = length / 6 + 1;
    struct program program = {.arguments = need(calloc(most, sizeof(char *))),
                              .environment = need(calloc(most, sizeof(char *)))};
    const char *wrong = self.asked ? "a second START" : read_start(payload, length, &program);
    self.asked = true;
    if (wrong != NULL)
        refuse(wrong);
    else
        start(&program);
    free(program.arguments);
    free(program.environment);
}

static void on_frame(uint8_t type, uint8_t *payload, size_t length) {
    uint32_t signo = length == 4 ? get_u32(payload) : 0;
    if (type == FRAME_START)
        on_start(payload, length);
    else if (type != FRAME_SIGNAL)
        refuse("a frame has an unknown type");
    else if (signo == 0 || signo >= NSIG || !self.asked)
        refuse("SIGNAL without a signal, or without a START before it");
    else
        signal_tree((int)signo);
}

/* Takes what is there and never waits for more: a peer that stops in the middle of a frame stops nothing
 * here. */
static void read_control(void) {
    static uint8_t header[HEADER_SIZE], *payload;
    static size_t have, length;
    while (!self.control_ended) {
        bool in_header = have < HEADER_SIZE;
        uint8_t *to = in_header ? header + have : payload + (have - HEADER_SIZE);
        ssize_t got = recv(CONTROL, to, (in_header ? HEADER_SIZE : HEADER_SIZE + length) - have, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            end_orphan();
            return;
        }
        have += (size_t)got;
        if (have == HEADER_SIZE) {
            length = get_u32(header);
            if (length == 0 || length > MAX_PAYLOAD) {
                refuse("a frame has an impossible length");
                return;
            }
            payload = need(malloc(length));
        }
        if (have > HEADER_SIZE && have == HEADER_SIZE + length) {
            have = 0;
            on_frame(header[4], payload, length);
            free(payload);
        }
    }
}

/* ---- the loop ---- */

static void finish(void) {
    if (self.started)
        report(FRAME_EMPTY, NULL, 0);
    exit(self.exit_code);
}

static void reap(void) {
    struct rusage usage;
    int status;
    pid_t pid;
    while ((pid = wait4(-1, &status, WNOHANG | __WALL, &usage)) > 0) {
        if (pid != self.leader)
            continue;
        if (self.start_report >= 0)
            settle_start();
        self.leader = 0;
        if (self.started)
            report_exited(status, &usage);
    }
    /* Orphans come to us, so that no child left means no descendant left. */
    if (pid < 0 && errno == ECHILD)
        finish();
    if (self.ending == KILLING)
        kill_tree();
}

static void on_timer(void) {
    if (self.ending == NOT_ENDING || now_ms() < self.deadline)
        return;
    if (self.ending == TERMINATING) {
        begin_killing();
        return;
    }
    kill_tree();
    self.kill_retry_ms *= 2;
    if (self.kill_retry_ms > KILL_RETRY_MAX_MS)
        self.kill_retry_ms = KILL_RETRY_MAX_MS;
    self.deadline = now_ms() + self.kill_retry_ms;
}

static _Noreturn void supervise(void) {
    for (;;) {
        struct pollfd polled[] = {{.fd = self.control_ended ? -1 : CONTROL, .events = POLLIN},
                                  {.fd = self.start_report, .events = POLLIN},
                                  {.fd = self.signals, .events = POLLIN}};
        int64_t left = self.deadline - now_ms();
        poll(polled, 3, self.ending == NOT_ENDING ? -1 : left < 0 ? 0 : left > 60000 ? 60000 : (int)left);
        if (polled[1].revents != 0)
            settle_start();
        if (polled[0].revents != 0)
            read_control();
        if (polled[2].revents != 0) {
            struct signalfd_siginfo taken;
            if (read(self.signals, &taken, sizeof taken) > 0)
                reap();
        }
        on_timer();
    }
}

/* Whatever the executor let slip must reach neither this process nor the task. */
static void close_strays(void) {
    if (syscall(SYS_close_range, CONTROL + 1, ~0U, 0) == 0)
        return;
    DIR *open_now = opendir("/proc/self/fd"); /* before Linux 5.9 */
    for (struct dirent *entry; open_now != NULL && (entry = readdir(open_now)) != NULL;) {
        int descriptor = atoi(entry->d_name);
        if (descriptor > CONTROL && descriptor != dirfd(open_now))
            close(descriptor);
    }
    if (open_now != NULL)
        closedir(open_now);
}

/* False, with errno, when this process cannot do its work. */
static bool prepare(void) {
    int type;
    if (getsockopt(CONTROL, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) < 0)
        return false;
    close_strays();
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (null < 0)
        return false;
    dup2(null, STDIN_FILENO);
    for (int output = STDOUT_FILENO; output <= STDERR_FILENO; output++)
        if (fcntl(output, F_GETFD) < 0)
            dup2(null, output);
    if (null > CONTROL)
        close(null);

    /* Dispositions: what was ignored above is default for the task. Mask: nobody talks this process out of
     * its work. */
    unsigned long defaults[8] = {0}; /* the kernel's own struct: glibc's sigaction refuses 32 and 33 */
    for (int signo = 1; signo < NSIG; signo++)
        syscall(SYS_rt_sigaction, signo, defaults, NULL, (NSIG - 1) / 8);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDSTOP}, NULL);
    sigset_t all, child;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    self.signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);

    /* Large blocks go back to the system at once, however many came before. */
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    setpgid(0, 0); /* the agent kills the executor's group: that must find the executor, not this */
    return self.signals >= 0 && fcntl(CONTROL, F_SETFD, FD_CLOEXEC) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
}

int main(int count, char **arguments) {
    if (count == 2 && strcmp(arguments[1], "--version") == 0) {
        puts(NAME " " VERSION);
        return 0;
    }
    if (count == 2 && strcmp(arguments[1], "--help") == 0) {
        puts("usage: " NAME " [--version | --help]\n"
             "Supervises one task for the executor, which starts it with a control socket on descriptor 3.");
        return 0;
    }
    if (count > 1) {
        complain("unknown argument; --help shows the usage");
        return 2;
    }
    if (!prepare()) {
        dprintf(STDERR_FILENO, NAME ": descriptor 3 must be the control socket: %s\n", strerror(errno));
        return 2;
    }
    supervise();
}
