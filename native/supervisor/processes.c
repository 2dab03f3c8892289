#define _GNU_SOURCE
#include "processes.h"
#include "supervisor.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { FORKED_WITHOUT_EXEC = 0x40 /* PF_FORKNOEXEC of the kernel: ps(1) shows it as 1 in F */ };

/* False, with errno. Who ended after the opening has ESRCH. */
static bool read_stat(pid_t pid, char *text, size_t size) {
    snprintf(text, size, "/proc/%d/stat", pid);
    int file = open(text, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, size - 1);
    int error = length < 0 ? errno : ESRCH;
    close(file);
    errno = error;
    text[length > 0 ? length : 0] = 0;
    return length > 0;
}

static bool parse_stat(char *text, struct process *process) {
    /* The name stands in parentheses and may itself contain any character: fields count from the last one. */
    char *name = strchr(text, '('), *fields = strrchr(text, ')');
    if (name == NULL || fields == NULL ||
        sscanf(fields, ") %c %d %d %d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d %*d %*d %*d %ld %*d %llu", &process->state,
               &process->parent, &process->group, &process->session, &process->flags, &process->threads,
               &process->start) != 7)
        return false;
    *fields = 0;
    snprintf(process->name, sizeof process->name, "%s", name + 1);
    /* A process whose first thread has ended looks like a zombie while its other threads run on. */
    process->live = process->state != 'X' && (process->state != 'Z' || process->threads > 1);
    return true;
}

static struct process hidden(pid_t pid) {
    return (struct process){.pid = pid,
                            .parent = UNKNOWN_PARENT,
                            .group = getpgid(pid),
                            .session = getsid(pid),
                            .live = true,
                            .hidden = true};
}

bool read_process(pid_t pid, struct process *process) {
    char text[1024];
    *process = (struct process){.pid = pid};
    if (!read_stat(pid, text, sizeof text)) {
        if (errno == ENOENT || errno == ESRCH)
            return false;
        *process = hidden(pid);
        return process->session > 0;
    }
    return parse_stat(text, process);
}

struct process read_child(pid_t pid) {
    struct process process;
    if (!read_process(pid, &process)) /* hidepid=2 denies even that it is there */
        process = hidden(pid);
    process.parent = getpid();
    return process;
}

bool has_run_exec(pid_t pid) {
    /* The program of another user may be hidden from us; the child that has not become it is not. */
    struct process process = read_child(pid);
    return process.hidden || (process.flags & FORKED_WITHOUT_EXEC) == 0;
}

/* Few at a time: of many the last would be gone before they are looked at, where processes live that shortly. */
pid_t next_pid(int proc) {
    static _Alignas(long) char entries[512];
    static long at, end;
    for (;;) {
        if (at >= end) {
            at = 0;
            end = syscall(SYS_getdents64, proc, entries, 48);
            if (end < 0 && errno == EINVAL) /* a longer name, which is none of a process */
                end = syscall(SYS_getdents64, proc, entries, sizeof entries);
            if (end <= 0)
                return 0;
        }
        const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
        at += entry->d_reclen;
        pid_t pid = atoi(entry->d_name);
        if (pid > 0)
            return pid;
    }
}

void add_pid(struct pids *pids, pid_t pid) {
    if ((pids->count & (pids->count - 1)) == 0) /* full: it grows at 0 and at each power of two */
        pids->ids = need(realloc(pids->ids, (pids->count == 0 ? 1 : 2 * pids->count) * sizeof *pids->ids));
    pids->ids[pids->count++] = pid;
}

static bool read_children_of_thread(pid_t pid, pid_t thread, struct pids *children) {
    char path[64], text[4096];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", pid, thread);
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) /* every process has its list, or none has: the kernel was built so */
        return (errno == ENOENT || errno == ESRCH) && pid != getpid();
    pid_t child = 0;
    ssize_t length;
    while ((length = read(file, text, sizeof text)) > 0) {
        for (const char *at = text; at < text + length; at++) {
            if (*at >= '0' && *at <= '9') {
                child = child * 10 + (*at - '0');
                continue;
            }
            if (child > 0)
                add_pid(children, child);
            child = 0;
        }
    }
    close(file);
    return true;
}

bool read_children(const struct process *parent, struct pids *children) {
    if (parent->threads <= 1)
        return read_children_of_thread(parent->pid, parent->pid, children);
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/task", parent->pid);
    int tasks = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (tasks < 0)
        return errno == ENOENT || errno == ESRCH;
    bool complete = true;
    for (pid_t thread; (thread = next_pid(tasks)) != 0;)
        complete &= read_children_of_thread(parent->pid, thread, children);
    close(tasks);
    return complete;
}
