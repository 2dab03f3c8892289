/*
 * How a signal reaches all of the tree.
 *
 * A descendant is whoever has this process among its ancestors; being a subreaper, it never loses one. A chain of
 * processes that fork and exit can pass between two looks, though. What such a chain cannot leave as fast is its
 * process group, which the kernel signals as one, atomically against forks. And a group may be signalled so: a session
 * cannot be entered but by birth and a group belongs to one session, so that every group in a session that one of our
 * descendants has made is ours alone.
 */
#define _GNU_SOURCE
#include "look.h"
#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum {
    SWEEP_MS = 500,
    NAP_FIRST_NS = 30000, /* a sleeping process stands still as soon as it was scheduled once */
    NAP_MAX_NS = 1000000,
    QUIET_ROUNDS = 2, /* one look may miss a process whose life is that short */
};

static char (*spared)[NAME_SIZE];
static size_t spared_count;

void spare(const char *name) {
    spared = need(realloc(spared, (spared_count + 1) * NAME_SIZE));
    snprintf(spared[spared_count++], NAME_SIZE, "%s", name);
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

/* Not standing still; uninterruptible ones (D; also a parent waiting in vfork) count as standing. */
static bool is_moving(const struct process *process) { return process->state == 'R' || process->state == 'S'; }

/*
 * Between the look at a member and the signal lie two system calls. The number could mean another group by then only
 * if the whole group had died, the number had come round again, and a new process had made a group under it. A leader
 * that is just inside setsid is seen in its new session and still in our group: the kernel changes one after the other.
 * A zombie of ours holds its group, and may be the only one of it that can be seen.
 */
static bool signal_group(const struct process *member, int signo) {
    bool is_pinned = !member->live && member->parent == getpid();
    bool is_worth_it = member->live && (signo == SIGKILL || member->hidden || is_moving(member));
    return signo != 0 && member->group > 1 && member->group != getpgrp() && member->session != own_session() &&
           (is_pinned || is_worth_it) && kill(-member->group, signo) == 0;
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
 * Signals every live descendant once, and again whoever appears meanwhile, until nobody new does, dead or alive. With
 * SIGSTOP it goes on until all of them stand still: one that is just inside fork would have a child after the last
 * look.
 */
static struct process_table sweep(int signo, pid_t leader) {
    struct process_table seen = {0};
    struct looker looker = {
        .leader = leader, .leader_left = leader == 0 || getsid(leader) == leader, .at_sight = signal_group};
    bool whole_groups = signo == SIGSTOP || signo == SIGKILL;
    if (leader != 0 && looker.leader_left)
        add_pid(&seen.sessions, leader);
    long nap = NAP_FIRST_NS;
    int64_t deadline = now_ms() + SWEEP_MS;
    for (int quiet = 0; quiet < QUIET_ROUNDS && now_ms() < deadline;) {
        looker.before = &seen;
        struct process_table now = look(&looker, whole_groups ? signo : 0);
        bool fresh = false, moving = false;
        for (struct process *row = now.rows; row < now.rows + now.count; row++) {
            struct process *before = find(&seen, row->pid);
            if (!row->ours || !row->live) {
                fresh |= row->ours && before == NULL;
                continue;
            }
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
    free(looker.foreign.ids);
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
