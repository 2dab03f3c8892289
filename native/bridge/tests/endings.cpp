/* The agent's restarts, the ends of the program that libmesos decides, and a wrong environment. */
#include <condition_variable>

#include "life.h"
#include "scenario.h"

using fields::bytes;
using fields::get;
using fields::id;

namespace {

enum State { Running = 1, Finished = 2 };

[[noreturn]] void wait_for_the_end() {
    for (;;)
        pause();
}

/* What was not acknowledged travels with the re-registration, in order; what was does not. */
void agent_restarts(const std::string &library) {
    Life life(library);
    life.begin();
    for (const char *task : {"one", "two", "three"}) {
        life.agent->run(Agent::task(task));
        life.expect({"launch_task", Agent::task(task)});
    }
    life.agent->acknowledge(life.status("one", Running));
    const std::string pending = life.status("two", Running);
    life.agent->message("after the acknowledgement");
    life.expect({"framework_message", "after the acknowledgement"});

    life.restart_agent();
    life.agent->reconnect();
    const std::string reregistration = life.agent->next("ReregisterExecutorMessage");
    CHECK(get(reregistration, {1, 1}) == Agent::executor_id);
    CHECK(get(reregistration, {2, 1}) == Agent::framework_id);
    CHECK(fields::all(reregistration, 3) == (std::vector<std::string>{Agent::task("two"), Agent::task("three")}));
    CHECK(fields::all(reregistration, 4) == std::vector<std::string>{pending});
    life.agent->reregistered();
    life.expect({"reregistered", Agent::agent_info()});
    life.agent->acknowledge(pending);
    life.agent->acknowledge(life.status("two", Finished));
    life.end();
}

/* 1.4 and later drop what comes between the loss of the agent and the re-registration, but for kills. */
void disconnected(Life &life) {
    life.begin();
    life.restart_agent();
    life.agent->run(Agent::task("task"));
    life.agent->message("message");
    life.agent->kill("task");
}

void dropped_while_disconnected(const std::string &library) {
    Life life(library);
    disconnected(life);
    life.expect({"kill_task", id("task")});
    life.end();
}

void taken_while_disconnected(const std::string &library) {
    Life life(library);
    disconnected(life);
    life.expect({"launch_task", Agent::task("task")});
    life.expect({"framework_message", "message"});
    life.expect({"kill_task", id("task")});
    life.end();
}

void agent_gone(const std::string &library) {
    Life life(library);
    setenv("MESOS_CHECKPOINT", "0", 1);
    life.begin();
    life.agent.reset();
    life.expect({"shutdown", ""});
    life.end();
}

void agent_gone_for_good(const std::string &library) {
    Life life(library);
    setenv("MESOS_RECOVERY_TIMEOUT", "100ms", 1);
    life.begin();
    life.agent.reset();
    life.expect({"shutdown", ""});
    life.end();
}

void agent_never_there(const std::string &library) {
    Life life(library);
    life.agent.reset();
    life.open();
    life.create();
    CHECK(life.start() == EB_STATUS_RUNNING);
    life.expect({"shutdown", ""});
    life.end();
}

/* Only statuses pass after a shutdown. */
void after_shutdown(const std::string &library) {
    Life life(library);
    life.begin();
    life.agent->run(Agent::task("task"));
    life.expect({"launch_task", Agent::task("task")});
    life.agent->shutdown();
    life.expect({"shutdown", ""});
    life.agent->kill("task");
    life.agent->shutdown();
    life.agent->acknowledge(life.status("task", Finished));
    CHECK(life.send_message("message") == EB_STATUS_RUNNING);
    life.agent->next("ExecutorToFrameworkMessage");
    life.end();
}

void killed_after_grace(const std::string &library) {
    Life life(library);
    setenv("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "100ms", 1);
    life.begin();
    life.agent->shutdown();
    life.expect({"shutdown", ""});
    wait_for_the_end();
}

/* The actor waits for the callback, and so would everything else of libmesos; the kill does not. */
void killed_within_callback(const std::string &library) {
    Life life(library);
    setenv("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "100ms", 1);
    life.inside = [](const Event &event) {
        if (event.kind == "shutdown")
            wait_for_the_end();
    };
    life.begin();
    life.agent->shutdown();
    wait_for_the_end();
}

void launched_twice(const std::string &library) {
    Life life(library);
    life.begin();
    life.agent->run(Agent::task("task"));
    life.agent->run(Agent::task("task"));
    wait_for_the_end();
}

/* Starts with the variable set to this, or unset where it is null. */
auto starts_with(const char *name, const char *value) {
    return [=](const std::string &library) {
        Life life(library);
        if (value)
            setenv(name, value, 1);
        else
            unsetenv(name);
        life.open();
        life.create();
        life.start();
    };
}

} // namespace

std::vector<Scenario> endings() {
    constexpr int failure = EXIT_FAILURE;
    constexpr int abort = Scenario::killed_by + SIGABRT;
    constexpr int kill = Scenario::killed_by + SIGKILL;
    return {
        {"an_agent_restarts", agent_restarts},
        {"a_new_driver_takes_only_kills_while_disconnected", dropped_while_disconnected, Scenario::New},
        {"an_old_driver_takes_everything_while_disconnected", taken_while_disconnected, Scenario::Old},
        {"an_agent_gone_is_a_shutdown_without_checkpointing", agent_gone},
        {"an_agent_gone_for_good_is_a_shutdown", agent_gone_for_good},
        {"an_agent_that_was_never_there_is_a_shutdown", agent_never_there},
        {"only_statuses_pass_after_a_shutdown", after_shutdown},
        {"the_group_is_killed_after_the_grace", killed_after_grace, Scenario::Either, kill},
        {"the_kill_does_not_wait_for_a_callback", killed_within_callback, Scenario::New, kill},
        {"a_task_launched_twice_aborts", launched_twice, Scenario::Either, abort},
        {"no_agent_pid_ends_the_program", starts_with("MESOS_SLAVE_PID", nullptr), Scenario::Either, failure},
        {"no_agent_id_ends_the_program", starts_with("MESOS_SLAVE_ID", nullptr), Scenario::Either, failure},
        {"no_framework_id_ends_the_program", starts_with("MESOS_FRAMEWORK_ID", nullptr), Scenario::Either, failure},
        {"no_executor_id_ends_the_program", starts_with("MESOS_EXECUTOR_ID", nullptr), Scenario::Either, failure},
        {"no_directory_ends_the_program", starts_with("MESOS_DIRECTORY", nullptr), Scenario::Either, failure},
        {"a_wrong_agent_pid_aborts", starts_with("MESOS_SLAVE_PID", "nonsense"), Scenario::Either, abort},
        {"a_wrong_timeout_ends_the_program", starts_with("MESOS_RECOVERY_TIMEOUT", "nonsense"), Scenario::Either,
         failure},
        {"a_timeout_too_long_ends_the_program", starts_with("MESOS_RECOVERY_TIMEOUT", "1000000weeks"), Scenario::Either,
         failure},
        {"a_wrong_grace_ends_the_program", starts_with("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "nonsense"),
         Scenario::New, failure},
        {"a_wrong_address_ends_the_program", starts_with("LIBPROCESS_IP", "nonsense"), Scenario::Either, failure},
        {"a_foreign_address_ends_the_program", starts_with("LIBPROCESS_IP", "192.0.2.1"), Scenario::Either, failure},
        {"a_wrong_port_ends_the_program", starts_with("LIBPROCESS_PORT", "nonsense"), Scenario::Either, failure},
    };
}
