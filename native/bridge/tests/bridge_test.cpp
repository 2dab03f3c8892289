/*
 * Drives the bridge, through every function and callback, against the stand-ins for libmesos; made for sanitizers.
 *
 *   bridge-test DIRECTORY all              every scenario, with the libmesos-*.so in DIRECTORY; exit 1 on a failure
 *   bridge-test DIRECTORY SCENARIO [old]   one, in this process, with the new stand-in, or the old one
 *
 * An agent that is part of this program speaks the real wire to the stand-in. A scenario is a process of its own and
 * has a time limit.
 */
#include <cstring>
#include <poll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "check.h"
#include "scenario.h"

namespace {

constexpr int time_limit_ms = 120'000;

std::vector<Scenario> all_scenarios() {
    std::vector<Scenario> all;
    for (const auto &some : {openings(), orders(), traffic(), endings()})
        all.insert(all.end(), some.begin(), some.end());
    return all;
}

int ending_of(int wait_status) {
    return WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : Scenario::killed_by + WTERMSIG(wait_status);
}

/* True where it ends as it should; else its output is shown. */
bool passes(const Scenario &scenario, const std::string &library) {
    FILE *output = tmpfile();
    CHECK(output);
    fflush(stdout);
    const pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        setsid(); /* the stand-in kills its process group, as libmesos does */
        dup2(fileno(output), STDOUT_FILENO);
        dup2(fileno(output), STDERR_FILENO);
        scenario.run(library);
        exit(0);
    }
    pollfd ended = {static_cast<int>(syscall(SYS_pidfd_open, child, 0)), POLLIN, 0};
    const bool in_time = poll(&ended, 1, time_limit_ms) == 1;
    if (!in_time)
        kill(child, SIGKILL);
    int status;
    waitpid(child, &status, 0);
    close(ended.fd);
    const int ending = ending_of(status);
    const bool passed = in_time && ending == scenario.ending;
    if (!passed) {
        printf("FAILED %s with %s: ended with %d instead of %d%s\n", scenario.name, library.c_str(), ending,
               scenario.ending, in_time ? "" : ", at the time limit");
        rewind(output);
        char buffer[4096];
        for (size_t count; (count = fread(buffer, 1, sizeof buffer, output)) > 0;)
            fwrite(buffer, 1, count, stdout);
    }
    fclose(output);
    return passed;
}

int run_all(const std::string &directory) {
    int passed = 0, failed = 0;
    for (const Scenario &scenario : all_scenarios())
        for (const auto library : {Scenario::New, Scenario::Old}) {
            if (!(scenario.library & library))
                continue;
            const char *name = library == Scenario::New ? "/libmesos-new.so" : "/libmesos-old.so";
            passes(scenario, directory + name) ? passed++ : failed++;
        }
    printf("%d passed, %d failed\n", passed, failed);
    return failed == 0 && passed > 0 ? 0 : 1;
}

int run_one(const std::string &name, const std::string &library) {
    for (const Scenario &scenario : all_scenarios()) {
        if (name != scenario.name)
            continue;
        scenario.run(library);
        return 0;
    }
    fprintf(stderr, "bridge-test: no scenario is called %s\n", name.c_str());
    return 2;
}

} // namespace

int main(int count, char **arguments) {
    if (count == 3 && strcmp(arguments[2], "all") == 0)
        return run_all(arguments[1]);
    if (count == 3 || (count == 4 && strcmp(arguments[3], "old") == 0))
        return run_one(arguments[2], arguments[1] + std::string(count == 3 ? "/libmesos-new.so" : "/libmesos-old.so"));
    fprintf(stderr, "usage: bridge-test DIRECTORY all|SCENARIO [old]\n");
    return 2;
}
