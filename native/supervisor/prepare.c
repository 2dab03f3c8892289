/* What this process has to be before it can stand between an executor and a task. */
#define _GNU_SOURCE
#include "supervisor.h"

#include <dirent.h>
#include <fcntl.h>
#include <malloc.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

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

int prepare(void) {
    int type;
    if (getsockopt(CONTROL, SOL_SOCKET, SO_TYPE, &type, &(socklen_t){sizeof type}) < 0)
        return -1;
    close_strays();
    int null = open("/dev/null", O_RDWR); /* one that takes the place of a standard one stays open */
    if (null < 0)
        return -1;
    for (int given = STDIN_FILENO; given <= STDERR_FILENO; given++)
        if (fcntl(given, F_GETFD) < 0)
            dup2(null, given);
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
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);

    /* Large blocks go back to the system at once, however many came before. */
    mallopt(M_MMAP_THRESHOLD, 64 * 1024);
    setpgid(0, 0);                    /* the agent kills the executor's group: that must find the executor, not this */
    prctl(PR_SET_PDEATHSIG, SIGCONT); /* stopped as we may be, the executor's end is to be seen */
    bool able = fcntl(CONTROL, F_SETFD, FD_CLOEXEC) == 0 && prctl(PR_SET_CHILD_SUBREAPER, 1) == 0;
    return able ? signals : -1;
}
