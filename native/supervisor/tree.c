/*
 * The tree, as /proc shows it, and how a signal reaches all of it.
 *
 * A descendant is whoever has this process among its ancestors; being a subreaper, it never loses one. A chain of
 * processes that fork and exit can pass between two looks, though. What such a chain cannot leave as fast is its
 * process group, which the kernel signals as one, atomically against forks. And a group may be signalled so: a session
 * cannot be entered but by birth and a group belongs to one session, so that every group in a session that one of our
 * descendants has made is ours alone.
 */
#define _GNU_SOURCE
#include "processes.h"
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    SWEEP_ROUNDS = 200,
    NAP_FIRST_NS = 30000, /* a sleeping process stands still as soon as it was scheduled once */
    NAP_MAX_NS = 1000000,
    QUIET_ROUNDS = 2, /* one look may miss a process whose life is that short */
};

struct sessions {
    pid_t *ids; /* in no order */
    size_t count;
};

struct process_table {
    struct process *rows;
    size_t count, room;
    struct sessions sessions; /* those that our descendants have made */
};

static char (*spared)[NAME_SIZE];
static size_t spared_count;

void spare(const char *name) {
    spared = need(realloc(spared, (spared_count + 1) * NAME_SIZE));
    snprintf(spared[spared_count++], NAME_SIZE, "%s", name);
}

/* This process makes none and can enter none. */
static pid_t own_session(void) {
    static pid_t session = -1;
    if (session < 0)
        session = getsid(0);
    return session;
}

static int by_pid(const void *left, const void *right) {
    pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
    return (a > b) - (a < b);
}

static struct process *find(const struct process_table *table, pid_t pid) {
    struct process key = {.pid = pid};
    return table->count == 0 ? NULL : bsearch(&key, table->rows, table->count, sizeof key, by_pid);
}

static bool has_spared_name(const struct process *process) {
    for (size_t i = 0; i < spared_count; i++)
        if (strcasecmp(spared[i], process->name) == 0)
            return true;
    return false;
}

/* What a spared process has started goes with it. */
static bool is_spared(const struct process_table *table, const struct process *process) {
    for (; process != NULL && process->ours; process = find(table, process->parent))
        if (has_spared_name(process))
            return true;
    return false;
}

static bool has_session(const struct sessions *sessions, pid_t session) {
    for (size_t i = 0; i < sessions->count; i++)
        if (sessions->ids[i] == session)
            return true;
    return false;
}

static void add_session(struct sessions *sessions, pid_t session) {
    if (has_session(sessions, session))
        return;
    sessions->ids = need(realloc(sessions->ids, (sessions->count + 1) * sizeof *sessions->ids));
    sessions->ids[sessions->count++] = session;
}

static void drop(struct process_table *table) {
    free(table->rows);
    free(table->sessions.ids);
}

/* Not standing still; uninterruptible ones (D; also a parent waiting in vfork) count as standing. */
static bool is_moving(const struct process *process) { return process->state == 'R' || process->state == 'S'; }

/*
 * Between the look at a member and the signal lie two system calls. The number could mean another group by then only
 * if the whole group had died, the number had come round again, and a new process had made a group under it. A leader
 * that is just inside setsid is seen in its new session and still in our group: the kernel changes one after the other.
 */
static bool signal_group(const struct process *member, int signo) {
    return signo != 0 && member->group > 1 && member->group != getpgrp() && member->session != own_session() &&
           member->live && (signo == SIGKILL || member->hidden || is_moving(member)) &&
           kill(-member->group, signo) == 0;
}

/* Whoever descends from us made a session of its own, or is in one that another descendant has made. */
static void note_ours(struct process_table *table, struct process *process) {
    process->ours = true;
    if (process->session != own_session())
        add_session(&table->sessions, process->session);
}

static bool has_parent_of_ours(const struct process_table *table, const struct process *process) {
    const struct process *parent = find(table, process->parent);
    return process->parent == getpid() || (parent != NULL && parent->ours);
}

/* Children mostly have higher pids than their parents, so that one pass finds nearly all of them. */
static void mark_ours(struct process_table *table) {
    for (bool changed = true; changed;) {
        changed = false;
        for (struct process *row = table->rows; row < table->rows + table->count; row++) {
            if (row->ours || !has_parent_of_ours(table, row))
                continue;
            note_ours(table, row);
            changed = true;
        }
    }
}

/* The kernel's threads, whoever came from another pid namespace, and a first process that never made a session. */
static bool is_beyond_sessions(pid_t session) { return session == 0 && own_session() != 0; }

/*
 * Sessions are ours or others' as a whole, and a host has many of others: a second look need not read their processes.
 * One of ours may look like another's where its parent has just gone; so another's is only what has all its ancestors,
 * up to the first process. In our own session is also the leader, until it has made its own.
 */
static void note_foreign(struct process_table *table, struct sessions *foreign, bool leader_left) {
    for (bool changed = true; changed;) {
        changed = false;
        for (struct process *row = table->rows; row < table->rows + table->count; row++) {
            const struct process *parent = find(table, row->parent);
            bool has_foreign_parent =
                parent != NULL ? parent->foreign : row->parent == 0 || is_beyond_sessions(getsid(row->parent));
            if (row->ours || row->foreign || !has_foreign_parent)
                continue;
            row->foreign = changed = true;
            if (leader_left || row->session != own_session())
                add_session(foreign, row->session);
        }
    }
}

static bool is_foreign(const struct sessions *foreign, pid_t pid) {
    pid_t session = getsid(pid);
    return is_beyond_sessions(session) || has_session(foreign, session);
}

static struct process *append(struct process_table *table, const struct process *process) {
    if (table->count == table->room) {
        table->room = table->room == 0 ? 256 : table->room * 2;
        table->rows = need(realloc(table->rows, table->room * sizeof *table->rows));
    }
    table->rows[table->count] = *process;
    return &table->rows[table->count++];
}

/*
 * All processes of the host but those in foreign sessions, by pid, with our descendants marked. A signal goes to the
 * group of each at first sight: they may be gone when the look is over. 0 is no signal. The leader is there whatever
 * /proc shows.
 */
static struct process_table scan(int signo, pid_t leader, const struct sessions *before,
                                 const struct sessions *foreign) {
    struct process_table table = {0};
    struct process process;
    pid_t last = 0;
    bool leader_seen = leader == 0;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (;;) {
        pid_t pid = proc < 0 ? 0 : next_pid(proc);
        if (pid == 0 && leader_seen)
            break;
        if (pid == 0 || pid == leader) {
            process = read_child(leader);
            leader_seen = true;
        } else if (is_foreign(foreign, pid) || !read_process(pid, &process)) {
            continue;
        }
        bool ours = has_parent_of_ours(&table, &process) || has_session(before, process.session) ||
                    has_session(&table.sessions, process.session);
        if (ours && process.group != last && signal_group(&process, signo))
            last = process.group;
        struct process *row = append(&table, &process);
        if (ours)
            note_ours(&table, row);
    }
    if (proc >= 0)
        close(proc);
    if (table.count > 0)
        qsort(table.rows, table.count, sizeof *table.rows, by_pid);
    mark_ours(&table);
    return table;
}

/*
 * The session of one whose start time is hidden: its number stays taken as long as anybody is in it, so that it is
 * still ours.
 */
static bool is_same(const struct process *process, const struct process *now) {
    return process->hidden || now->hidden ? now->session == process->session : now->start == process->start;
}

/* The pid may have a new owner since the scan: pin it down, compare, and only then signal. */
static void send_signal(const struct process *process, int signo) {
    struct process now;
    if (process->parent == getpid()) { /* nobody else gets its pid before we have reaped it */
        kill(process->pid, signo);
        return;
    }
    int handle = (int)syscall(SYS_pidfd_open, process->pid, 0);
    if (handle < 0 && errno == ESRCH)
        return;
    if (read_process(process->pid, &now) && is_same(process, &now)) {
        if (handle >= 0)
            syscall(SYS_pidfd_send_signal, handle, signo, NULL, 0);
        else
            kill(process->pid, signo);
    }
    if (handle >= 0)
        close(handle);
}

/*
 * Signals every live descendant once, and again whoever appears meanwhile, until nobody new does. With SIGSTOP it goes
 * on until all of them stand still: one that is just inside fork would have a child after the last look. The rounds
 * bound the time.
 */
static struct process_table sweep(int signo, pid_t leader) {
    struct process_table seen = {0};
    struct sessions foreign = {0};
    bool whole_groups = signo == SIGSTOP || signo == SIGKILL;
    bool leader_left = leader == 0 || getsid(leader) == leader;
    if (leader != 0 && leader_left)
        add_session(&seen.sessions, leader);
    long nap = NAP_FIRST_NS;
    for (int round = 0, quiet = 0; round < SWEEP_ROUNDS && quiet < QUIET_ROUNDS; round++) {
        struct process_table now = scan(whole_groups ? signo : 0, leader, &seen.sessions, &foreign);
        note_foreign(&now, &foreign, leader_left);
        bool fresh = false, moving = false;
        for (struct process *row = now.rows; row < now.rows + now.count; row++) {
            if (!row->ours || !row->live)
                continue;
            struct process *before = find(&seen, row->pid);
            row->signalled = before != NULL && before->start == row->start && before->signalled;
            bool restless = signo == SIGSTOP && is_moving(row);
            if (!row->signalled || restless)
                send_signal(row, signo);
            fresh |= !row->signalled;
            moving |= restless;
            row->signalled = true;
        }
        drop(&seen);
        seen = now;
        quiet = fresh || moving ? 0 : quiet + 1;
        if (moving && !fresh) {
            nanosleep(&(struct timespec){.tv_nsec = nap}, NULL);
            nap = nap * 2 < NAP_MAX_NS ? nap * 2 : NAP_MAX_NS;
        }
    }
    free(foreign.ids);
    return seen;
}

static void send_to_all(const struct process_table *table, int signo) {
    /* Newest first: a parent that is continued before its children could end and leave them behind stopped. */
    for (size_t i = table->count; i-- > 0;)
        if (table->rows[i].signalled && (signo != SIGTERM || !is_spared(table, &table->rows[i])))
            send_signal(&table->rows[i], signo);
}

void signal_tree(int signo, pid_t leader) {
    struct process_table tree;
    switch (signo) {
    case SIGKILL:
    case SIGCONT:
    case SIGSTOP:
    case SIGTSTP:
    case SIGTTIN:
    case SIGTTOU: /* a SIGCONT afterwards would undo these */
        tree = sweep(signo, leader);
        break;
    default:
        tree = sweep(SIGSTOP, leader);
        send_to_all(&tree, signo);
        send_to_all(&tree, SIGCONT);
    }
    drop(&tree);
}
