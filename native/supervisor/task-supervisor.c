/*
 * task-supervisor stands between the executor and its task, so that no process of the task is ever lost.
 *
 *   task-supervisor             supervise; the executor starts it so, with a control socket on descriptor 3
 *   task-supervisor --version   print the version
 *   task-supervisor --help      print the usage
 *
 * Descriptors 0, 1 and 2 are the task's stdin, stdout and stderr. The words spoken over the
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
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NAME "task-supervisor"

enum {
    EXIT_MALFORMED = 2,
    DEFAULT_ORPHAN_GRACE_MS = 5000,
    KILL_RETRY_FIRST_MS = 10,
    KILL_RETRY_MAX_MS = 5000, /* a process stuck in the kernel may stay for days */
};

enum ending { NOT_ENDING, TERMINATING, KILLING };

static struct {
    int signals;        /* signalfd for SIGCHLD */
    int start_report;   /* read end of the pipe that tells how the exec went; -1 outside a start */
    bool control_ended; /* nothing more is read from CONTROL */
    bool asked;         /* START has been seen */
    bool started;       /* the program has been exec'd */
    bool failed;        /* FAILED has been told */
    pid_t leader;       /* 0 before the fork and after the reaping */
    enum ending ending;
    int64_t deadline; /* ms, monotonic: end of the grace, or the next repetition of SIGKILL */
    int kill_retry_ms;
    uint32_t orphan_grace_ms;
    int exit_code;
} self = {.start_report = -1, .orphan_grace_ms = DEFAULT_ORPHAN_GRACE_MS};

static void complain(const char *what) { dprintf(STDERR_FILENO, NAME ": %s\n", what); }

int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void *need(void *memory) {
    if (memory == NULL) {
        complain("out of memory");
        _exit(1); /* the leader goes too: its death signal is tied to this process */
    }
    return memory;
}

/* ---- ending ---- */

static void kill_tree(void) { signal_tree(SIGKILL, self.leader); }

/* Whoever asks again, wants it done now. */
static void begin_killing(void) {
    self.ending = KILLING;
    self.kill_retry_ms = KILL_RETRY_FIRST_MS;
    self.deadline = now_ms() + self.kill_retry_ms;
    kill_tree();
}

static void on_signal(int signo) {
    if (signo == SIGKILL)
        begin_killing();
    else
        signal_tree(signo, self.leader);
}

/* ---- starting ---- */

/* The task's streams end when the task closes them. stderr is kept for complaints. */
static void drop_streams(void) {
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    for (int stream = STDIN_FILENO; stream <= STDOUT_FILENO; stream++)
        if (null < 0 || dup2(null, stream) < 0)
            close(stream);
    if (null > STDERR_FILENO)
        close(null);
}

static void start(const struct program *program) {
    int ends[2];
    pid_t supervisor = getpid(), shown = 0;
    char link[16] = "";
    /* Without a /proc of this pid namespace the tree cannot be seen, and a task would be let loose. */
    if (readlink("/proc/self", link, sizeof link - 1) > 0)
        shown = atoi(link);
    if (shown != supervisor) {
        report_failed(STEP_SUPERVISOR, ENOSYS, 0);
        exit(0);
    }
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0 || (self.leader = fork()) < 0) {
        report_failed(STEP_SUPERVISOR, (uint32_t)errno, 0);
        exit(0);
    }
    if (self.leader == 0)
        become_leader(program, ends[1], supervisor);
    close(ends[1]);
    self.start_report = ends[0];
    drop_streams();
}

static void fail(enum start_step step, uint32_t error, uint32_t detail) {
    report_failed(step, error, detail);
    self.failed = true;
}

/* The pipe carries step, errno and detail of a failure. It closes on a successful exec, and also when the child is
 * ended before: then reap() has the rest to tell. Called before the leader is reaped. */
static void settle_start(void) {
    uint32_t failure[3];
    ssize_t length = read(self.start_report, failure, sizeof failure);
    if (length < 0)
        return;
    close(self.start_report);
    self.start_report = -1;
    self.started = length == 0 && has_run_exec(self.leader);
    if (self.started)
        report_started(self.leader);
    else if (length > 0)
        fail(failure[0], failure[1], failure[2]);
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
    on_signal(SIGTERM);
}

static void refuse(const char *what) {
    complain(what);
    self.exit_code = EXIT_MALFORMED;
    end_orphan();
}

static void on_start(uint8_t *payload, size_t length) {
    /* Every string takes at least six bytes, so that these are long enough, and the rest stays NULL. */
    size_t most = length / 6 + 1;
    struct program program = {.arguments = need(calloc(most, sizeof(char *))),
                              .environment = need(calloc(most, sizeof(char *))),
                              .umask = -1,
                              .orphan_grace_ms = DEFAULT_ORPHAN_GRACE_MS};
    const char *wrong = self.asked ? "a second START" : read_program(payload, length, &program);
    if (wrong == NULL)
        self.orphan_grace_ms = program.orphan_grace_ms;
    self.asked = true;
    if (wrong != NULL)
        refuse(wrong);
    else
        start(&program);
    free(program.arguments);
    free(program.environment);
}

static void on_frame(uint8_t type, uint8_t *payload, size_t length) {
    uint32_t signo = length == 4 ? get_number(payload) : 0;
    if (type == FRAME_START)
        on_start(payload, length);
    else if (type != FRAME_SIGNAL)
        refuse("a frame has an unknown type");
    else if (signo == 0 || signo >= NSIG || !self.asked)
        refuse("SIGNAL without a signal, or without a START before it");
    else
        on_signal((int)signo);
}

static void read_control(void) {
    struct frame frame;
    while (!self.control_ended) {
        switch (receive(&frame)) {
        case RECEIVED_NOTHING:
            return;
        case RECEIVED_FRAME:
            on_frame(frame.type, frame.payload, frame.length);
            explicit_bzero(frame.payload, frame.length); /* the environment may hold secrets */
            free(frame.payload);
            break;
        case RECEIVED_END:
            end_orphan();
            break;
        case RECEIVED_NONSENSE:
            refuse("a frame has an impossible length");
        }
    }
}

/* ---- the loop ---- */

static void finish(void) {
    struct rusage usage; /* of whoever was waited for below us, and by us in the end */
    getrusage(RUSAGE_CHILDREN, &usage);
    if (self.started)
        report_empty(&usage);
    exit(self.exit_code);
}

static void reap(void) {
    siginfo_t ended = {0};
    int found;
    /* Without __WALL, which waitid knows since Linux 4.7 only: whoever comes to us tells its end by SIGCHLD. */
    while ((found = waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT)) == 0 && ended.si_pid != 0) {
        /* Whether it had become the program can be seen as long as it is not reaped. */
        bool leads = ended.si_pid == self.leader;
        if (leads && self.start_report >= 0)
            settle_start();
        int status;
        waitpid(ended.si_pid, &status, 0);
        ended.si_pid = 0;
        if (!leads)
            continue;
        self.leader = 0;
        if (self.started)
            report_exited(status);
        else if (!self.failed)
            fail(STEP_ENDED, 0, (uint32_t)status);
    }
    /* Orphans come to us, so that no child left means no descendant left. */
    if (found < 0 && errno == ECHILD)
        finish();
    if (found < 0 && errno != EINTR) {
        dprintf(STDERR_FILENO, NAME ": waitid: %s\n", strerror(errno));
        _exit(1); /* nothing would ever end: let the executor find out, and end the tree */
    }
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
    self.signals = prepare();
    if (self.signals < 0) {
        dprintf(STDERR_FILENO, NAME ": descriptor 3 must be the control socket: %s\n", strerror(errno));
        return 2;
    }
    supervise();
}
