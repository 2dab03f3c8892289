/*
 * Runs a program as on Linux 3.10, which CentOS 7 and many agents have: what it needs and that kernel has not, fails.
 *
 *   old-kernel PROGRAM [ARGUMENT...]
 *
 * System calls that came later answer ENOSYS, and waitid refuses what it learnt in 4.7 (__WALL) with EINVAL.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ANSWER(error) BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (error))
#define MISSING(call) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, call, 0, 1), ANSWER(ENOSYS)
#define ALLOW BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

enum {
    /* Not in every libc's headers; the numbers are the same on all architectures. */
    PIDFD_SEND_SIGNAL = 424,
    PIDFD_OPEN = 434,
    CLONE3 = 435,
    CLOSE_RANGE = 436,
    WAITID_ACCEPTED = WNOHANG | WNOWAIT | WEXITED | WSTOPPED | WCONTINUED,
};

static struct sock_filter filter[] = {
    LOAD(nr),
    MISSING(PIDFD_SEND_SIGNAL),
    MISSING(PIDFD_OPEN),
    MISSING(CLONE3),
    MISSING(CLOSE_RANGE),
    MISSING(SYS_statx),
#ifdef SYS_rseq
    MISSING(SYS_rseq),
#endif
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_waitid, 0, 3),
    LOAD(args[3]), /* the lower half, as every machine of ours is little-endian */
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, ~(unsigned)WAITID_ACCEPTED, 0, 1),
    ANSWER(EINVAL),
    ALLOW,
};

int main(int count, char **arguments) {
    if (count < 2) {
        fputs("usage: old-kernel PROGRAM [ARGUMENT...]\n", stderr);
        return 2;
    }
    struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) < 0) {
        perror("old-kernel: seccomp");
        return 2;
    }
    execvp(arguments[1], arguments + 1);
    perror(arguments[1]);
    return 2;
}
