/* What to start, and the child that becomes it. */
#define _GNU_SOURCE
#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_string(const uint8_t *value, size_t size) {
    return size > 0 && memchr(value, 0, size) == value + size - 1;
}

/* False when the tag is unknown, or the value is none of its kind. */
static bool read_item(uint8_t tag, uint8_t *value, size_t size, struct program *program, size_t *arguments,
                      size_t *variables) {
    switch (tag) {
    case ITEM_ORPHAN_GRACE:
        return size == 4 && (program->orphan_grace_ms = get_number(value), true);
    case ITEM_USER:
        program->user = value;
        program->groups = size / 4 - 2;
        return size >= 8 && size % 4 == 0;
    case ITEM_LIMIT:
        if (size != 20 || program->limit_count == sizeof program->limits / sizeof *program->limits)
            return false;
        program->limits[program->limit_count++] = value;
        return true;
    case ITEM_UMASK:
        return size == 4 && (program->umask = (int)(get_number(value) & 0777), true);
    case ITEM_OOM_SCORE:
        program->oom_score = value;
        return size == 4;
    case ITEM_HAND_OVER:
        program->hand_over = true;
        return size == 0;
    }
    if (!is_string(value, size))
        return false;
    switch (tag) {
    case ITEM_ARGUMENT:
        program->arguments[(*arguments)++] = (char *)value;
        return true;
    case ITEM_ENVIRONMENT:
        program->environment[(*variables)++] = (char *)value;
        return true;
    case ITEM_DIRECTORY:
        program->directory = (char *)value;
        return true;
    case ITEM_PROGRAM:
        program->file = (char *)value;
        return true;
    case ITEM_SPARED:
        spare((char *)value);
        return true;
    }
    return false;
}

const char *read_program(uint8_t *payload, size_t length, struct program *program) {
    size_t arguments = 0, variables = 0;
    for (size_t at = 0; at < length;) {
        if (length - at < 5 || get_number(payload + at + 1) > length - at - 5)
            return "an item of START is cut short";
        size_t size = get_number(payload + at + 1);
        if (!read_item(payload[at], payload + at + 5, size, program, &arguments, &variables))
            return "an item of START is unknown or not of its kind";
        at += 5 + size;
    }
    if (program->file == NULL || arguments == 0 || program->directory == NULL)
        return "START lacks a program, arguments or a directory";
    return NULL;
}

static _Noreturn void give_up(int start_report, enum start_step step, uint32_t detail) {
    uint32_t failure[3] = {step, (uint32_t)errno, detail};
    if (write(start_report, failure, sizeof failure) < 0) {
        /* The supervisor is gone, and so is whoever could be told. */
    }
    _exit(127);
}

/* A change of user takes the death signal away, so that this is done before and after it. */
static void die_with(pid_t supervisor) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != supervisor) /* it died before the line above */
        _exit(127);
}

static bool set_oom_score(int32_t score) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    bool done = file >= 0 && dprintf(file, "%d", score) > 0;
    if (file >= 0 && close(file) < 0)
        done = false;
    return done;
}

static void set_limits(const struct program *program, int start_report) {
    for (size_t i = 0; i < program->limit_count; i++) {
        const uint8_t *item = program->limits[i];
        struct rlimit limit = {.rlim_cur = get_number64(item + 4), .rlim_max = get_number64(item + 12)};
        if (setrlimit((int)get_number(item), &limit) < 0)
            give_up(start_report, STEP_LIMIT, get_number(item));
    }
}

static bool give(const struct program *program, int descriptor, const struct stat *found) {
    return found->st_uid != geteuid() ||
           fchown(descriptor, get_number(program->user), get_number(program->user + 4)) == 0;
}

/* The files and pipes that the output goes to, so that /dev/stdout can be opened; the task can write without that, too.
 */
static void hand_over_output(const struct program *program) {
    struct stat found;
    for (int stream = STDOUT_FILENO; stream <= STDERR_FILENO; stream++)
        if (fstat(stream, &found) == 0 && (S_ISREG(found.st_mode) || S_ISFIFO(found.st_mode)))
            give(program, stream, &found);
}

/* False, with errno, when the directory could be handed over and was not. What is not this user's stays whose it is. */
static bool hand_over_directory(const struct program *program) {
    struct stat found;
    int directory = open(program->directory, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return directory < 0 || fstat(directory, &found) < 0 || give(program, directory, &found);
}

/* Like the handing over before the limits, which may leave no memory and no descriptor. */
static gid_t *read_groups(const struct program *program) {
    gid_t *groups = need(calloc(program->groups + 1, sizeof *groups));
    for (size_t i = 0; i < program->groups; i++)
        groups[i] = get_number(program->user + 8 + 4 * i);
    return groups;
}

static bool switch_user(const struct program *program, const gid_t *groups) {
    uid_t user = get_number(program->user);
    gid_t group = get_number(program->user + 4);
    return setgroups(program->groups, groups) == 0 && setresgid(group, group, group) == 0 &&
           setresuid(user, user, user) == 0;
}

/* Everything but 0, 1 and 2 closes on exec. Limits come before the user: only root may raise one. The
 * directory comes after: the task has to be able to enter it. */
_Noreturn void become_leader(const struct program *program, int start_report, pid_t supervisor) {
    die_with(supervisor);
    if (setsid() < 0)
        give_up(start_report, STEP_SESSION, 0);
    if (program->oom_score != NULL && !set_oom_score((int32_t)get_number(program->oom_score)))
        give_up(start_report, STEP_OOM_SCORE, 0);
    gid_t *groups = program->user == NULL ? NULL : read_groups(program);
    if (program->user != NULL && geteuid() == 0 && program->hand_over) {
        hand_over_output(program);
        if (!hand_over_directory(program))
            give_up(start_report, STEP_DIRECTORY, 0);
    }
    set_limits(program, start_report);
    if (program->user != NULL && !switch_user(program, groups))
        give_up(start_report, STEP_USER, 0);
    die_with(supervisor);
    if (chdir(program->directory) < 0)
        give_up(start_report, STEP_DIRECTORY, 0);
    if (program->umask >= 0)
        umask((mode_t)program->umask);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    environ = program->environment; /* execvp looks PATH up there */
    execvp(program->file, program->arguments);
    give_up(start_report, STEP_EXEC, 0);
}
