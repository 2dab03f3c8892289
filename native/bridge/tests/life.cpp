#include "life.h"

#include <cstdlib>

namespace {
std::string text(eb_bytes bytes) { return std::string(reinterpret_cast<const char *>(bytes.data), bytes.size); }
} // namespace

Life::Life(const std::string &library) : path_(library) {
    setenv("LIBPROCESS_IP", "127.0.0.1", 1);
    setenv("LIBPROCESS_PORT", "0", 1);
    setenv("MESOS_SLAVE_PID", agent->pid().c_str(), 1);
    setenv("MESOS_SLAVE_ID", Agent::agent_id, 1);
    setenv("MESOS_FRAMEWORK_ID", Agent::framework_id, 1);
    setenv("MESOS_EXECUTOR_ID", Agent::executor_id, 1);
    setenv("MESOS_DIRECTORY", "/tmp", 1);
    setenv("MESOS_CHECKPOINT", "1", 1);
    setenv("MESOS_RECOVERY_TIMEOUT", "15mins", 1);
    setenv("MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", "1hrs", 1);
}

void Life::open() {
    char error[300] = "";
    const eb_result result = eb_library_open(path_.c_str(), &library, error, sizeof error);
    if (result != EB_RESULT_OK)
        fprintf(stderr, "%s\n", error);
    CHECK(result == EB_RESULT_OK);
    never_freed(library);
}

void Life::create() {
    char error[300] = "";
    const eb_callbacks table = callbacks();
    const eb_result result = eb_driver_create(library, &table, this, &driver, error, sizeof error);
    if (result != EB_RESULT_OK)
        fprintf(stderr, "%s\n", error);
    CHECK(result == EB_RESULT_OK);
}

void Life::begin() {
    if (!library)
        open();
    create();
    CHECK(start() == EB_STATUS_RUNNING);
    const std::string registration = agent->next("RegisterExecutorMessage");
    CHECK(fields::get(registration, {1, 1}) == Agent::framework_id);
    CHECK(fields::get(registration, {2, 1}) == Agent::executor_id);
    agent->registered();
    expect({"registered", Agent::executor_info() + Agent::framework_info() + Agent::agent_info()});
}

void Life::end() {
    eb_status status;
    CHECK(eb_driver_stop(driver, &status) == EB_RESULT_OK);
    CHECK(status == EB_STATUS_STOPPED);
    CHECK(join() == EB_STATUS_STOPPED);
    CHECK(eb_driver_destroy(driver) == EB_RESULT_OK);
    CHECK(heard_nothing_more());
}

void Life::restart_agent() {
    const uint16_t port = agent->port();
    const wire::Pid executor = agent->executor();
    agent.reset();
    agent = std::make_unique<Agent>(port);
    agent->expect(executor);
}

eb_status Life::start() {
    eb_status status;
    CHECK(eb_driver_start(driver, &status) == EB_RESULT_OK);
    return status;
}

eb_status Life::join() {
    eb_status status;
    CHECK(eb_driver_join(driver, &status) == EB_RESULT_OK);
    return status;
}

eb_status Life::send_status(const std::string &task_status) {
    eb_status status;
    CHECK(eb_driver_send_status(driver, view(task_status), &status) == EB_RESULT_OK);
    return status;
}

eb_status Life::send_message(const std::string &data) {
    eb_status status;
    CHECK(eb_driver_send_framework_message(driver, view(data), &status) == EB_RESULT_OK);
    return status;
}

std::string Life::status(const std::string &task_id, int state, const std::string &data) {
    CHECK(send_status(task_status(task_id, state, data)) == EB_STATUS_RUNNING);
    return fields::get(agent->next("StatusUpdateMessage"), {1});
}

std::string Life::task_status(const std::string &task_id, int state, const std::string &data) {
    return fields::bytes(1, fields::id(task_id)) + fields::number(2, static_cast<uint64_t>(state)) +
           fields::bytes(3, data);
}

void Life::expect(const Event &event) {
    const Event heard = events_.next();
    if (!(heard == event))
        fprintf(stderr, "expected %s with %zu bytes, heard %s with %zu bytes: %.200s\n", event.kind.c_str(),
                event.bytes.size(), heard.kind.c_str(), heard.bytes.size(), heard.bytes.c_str());
    CHECK(heard == event);
}

eb_bytes Life::view(const std::string &text) { return {reinterpret_cast<const uint8_t *>(text.data()), text.size()}; }

void Life::hear(void *context, const char *kind, const std::string &bytes) {
    auto *life = static_cast<Life *>(context);
    const Event event = {kind, bytes};
    life->inside(event);
    life->events_.put(event);
}

eb_callbacks Life::callbacks() const {
    return {
        sizeof(eb_callbacks),
        EXECUTOR_BRIDGE_VERSION,
        [](void *context, eb_bytes executor, eb_bytes framework, eb_bytes agent) {
            hear(context, "registered", text(executor) + text(framework) + text(agent));
        },
        [](void *context, eb_bytes agent) { hear(context, "reregistered", text(agent)); },
        [](void *context) { hear(context, "disconnected", ""); },
        [](void *context, eb_bytes task) { hear(context, "launch_task", text(task)); },
        [](void *context, eb_bytes task_id) { hear(context, "kill_task", text(task_id)); },
        [](void *context, eb_bytes data) { hear(context, "framework_message", text(data)); },
        [](void *context) { hear(context, "shutdown", ""); },
        [](void *context, eb_bytes message) { hear(context, "error", text(message)); },
    };
}
