/*
 * How the tree is seen: by way of each process's list of its children, or where the kernel has no such lists (before
 * 4.2 a matter of its configuration) or /proc hides something, by a look at all processes of the host.
 */
#define _GNU_SOURCE
#include "look.h"
#include "supervisor.h"

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

/* This process makes none and can enter none. */
pid_t own_session(void) {
    static pid_t session = -1;
    if (session < 0)
        session = getsid(0);
    return session;
}

static int by_pid(const void *left, const void *right) {
    pid_t a = ((const struct process *)left)->pid, b = ((const struct process *)right)->pid;
    return (a > b) - (a < b);
}

struct process *find(const struct process_table *table, pid_t pid) {
    struct process key = {.pid = pid};
    return table->count == 0 ? NULL : bsearch(&key, table->rows, table->count, sizeof key, by_pid);
}

static bool has(const struct pids *pids, pid_t pid) {
    for (size_t i = 0; i < pids->count; i++)
        if (pids->ids[i] == pid)
            return true;
    return false;
}

static void add_once(struct pids *pids, pid_t pid) {
    if (!has(pids, pid))
        add_pid(pids, pid);
}

void drop(struct process_table *table) {
    free(table->rows);
    free(table->sessions.ids);
}

/* Whoever descends from us made a session of its own, or is in one that another descendant has made. */
static void note_ours(struct process_table *table, struct process *process) {
    process->ours = true;
    if (process->session != own_session())
        add_once(&table->sessions, process->session);
}

static struct process *append(struct process_table *table, const struct process *process) {
    if (table->count == table->room) {
        table->room = table->room == 0 ? 64 : table->room * 2;
        table->rows = need(realloc(table->rows, table->room * sizeof *table->rows));
    }
    table->rows[table->count] = *process;
    return &table->rows[table->count++];
}

/* One that was passed on to another parent during the look may have been seen twice. */
static void sort(struct process_table *table) {
    if (table->count == 0)
        return;
    qsort(table->rows, table->count, sizeof *table->rows, by_pid);
    size_t kept = 1;
    for (size_t i = 1; i < table->count; i++)
        if (table->rows[i].pid != table->rows[kept - 1].pid)
            table->rows[kept++] = table->rows[i];
    table->count = kept;
}

/* ---- by the lists of children ---- */

/* Nobody gets its pid before we have reaped it. */
static bool is_known_zombie(const struct process *process) {
    return process != NULL && !process->live && process->parent == getpid();
}

/*
 * The newest first: of processes that live shortly only the last is still there. Who is not a child any more has a new
 * parent, whose list shows it now or in the next look; or its pid a new owner.
 */
static bool take_children(struct process_table *table, const struct pids *children, pid_t parent, int signo,
                          struct looker *looker) {
    pid_t last = 0;
    for (size_t i = children->count; i-- > 0;) {
        struct process process;
        const struct process *before = find(looker->before, children->ids[i]);
        if (is_known_zombie(before)) {
            append(table, before);
            continue;
        }
        if (children->ids[i] == looker->leader)
            process = read_child(looker->leader);
        else if (!read_process(children->ids[i], &process))
            continue;
        if (process.hidden)
            return false;
        if (process.parent != parent && process.parent != getpid())
            continue;
        if (process.group != last && looker->at_sight(&process, signo))
            last = process.group;
        note_ours(table, append(table, &process));
    }
    return true;
}

/*
 * It takes no look at the rest of the host. Our own list only grows while we reap nobody, and that of a process that
 * stands still does not change. False, with what was seen so far, where not all of it can be seen so.
 */
static bool walk(struct process_table *table, int signo, struct looker *looker) {
    struct process self = {.pid = getpid(), .threads = 1};
    struct pids children = {0};
    bool complete = read_children(&self, &children) && take_children(table, &children, self.pid, signo, looker);
    for (size_t row = 0; complete && row < table->count; row++) {
        struct process parent = table->rows[row];
        children.count = 0;
        complete = read_children(&parent, &children) && take_children(table, &children, parent.pid, signo, looker);
    }
    free(children.ids);
    sort(table);
    return complete;
}

/* ---- by all processes ---- */

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
static void note_foreign(struct process_table *table, struct looker *looker) {
    for (bool changed = true; changed;) {
        changed = false;
        for (struct process *row = table->rows; row < table->rows + table->count; row++) {
            const struct process *parent = find(table, row->parent);
            bool has_foreign_parent =
                parent != NULL ? parent->foreign : row->parent == 0 || is_beyond_sessions(getsid(row->parent));
            if (row->ours || row->foreign || !has_foreign_parent)
                continue;
            row->foreign = changed = true;
            if (looker->leader_left || row->session != own_session())
                add_once(&looker->foreign, row->session);
        }
    }
}

static bool is_foreign(const struct looker *looker, pid_t pid) {
    pid_t session = getsid(pid);
    return is_beyond_sessions(session) || has(&looker->foreign, session);
}

/* All processes but those in foreign sessions. The leader is there whatever /proc shows. */
static struct process_table scan(int signo, struct looker *looker) {
    struct process_table table = {0};
    struct process process;
    pid_t last = 0;
    bool leader_seen = looker->leader == 0;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (;;) {
        pid_t pid = proc < 0 ? 0 : next_pid(proc);
        if (pid == 0 && leader_seen)
            break;
        if (pid == 0 || pid == looker->leader) {
            process = read_child(looker->leader);
            leader_seen = true;
        } else if (is_foreign(looker, pid) || !read_process(pid, &process)) {
            continue;
        }
        bool ours = has_parent_of_ours(&table, &process) || has(&looker->before->sessions, process.session) ||
                    has(&table.sessions, process.session);
        if (ours && process.group != last && looker->at_sight(&process, signo))
            last = process.group;
        struct process *row = append(&table, &process);
        if (ours)
            note_ours(&table, row);
    }
    if (proc >= 0)
        close(proc);
    sort(&table);
    mark_ours(&table);
    note_foreign(&table, looker);
    return table;
}

struct process_table look(struct looker *looker, int signo) {
    struct process_table table = {0};
    if (walk(&table, signo, looker))
        return table;
    drop(&table);
    return scan(signo, looker);
}
