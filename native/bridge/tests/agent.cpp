#include "agent.h"

using fields::bytes;
using fields::id;

namespace {
const std::string package = "mesos.internal.";
}

Agent::Agent(uint16_t port)
    : node_("slave(1)", {htonl(INADDR_LOOPBACK), port}, {},
            {[this](wire::Message message) { heard_.put(std::move(message)); }, [](const wire::Pid &) {}}) {}

std::string Agent::next(const std::string &kind) {
    const wire::Message message = heard_.next();
    if (message.name != package + kind)
        fprintf(stderr, "expected %s, heard %s\n", kind.c_str(), message.name.c_str());
    CHECK(message.name == package + kind);
    executor_ = message.from;
    return message.body;
}

std::string Agent::executor_info() { return bytes(1, id(executor_id)) + bytes(4, std::string("data\0of it", 10)); }

std::string Agent::framework_info() { return bytes(1, "root") + bytes(2, "framework") + bytes(3, id(framework_id)); }

std::string Agent::agent_info() { return bytes(1, "localhost") + bytes(6, id(agent_id)); }

std::string Agent::task(const std::string &task_id, const std::string &data) {
    return bytes(1, "task") + bytes(2, id(task_id)) + bytes(3, id(agent_id)) + bytes(6, data);
}

void Agent::registered() {
    send("ExecutorRegisteredMessage", bytes(2, executor_info()) + bytes(3, id(framework_id)) +
                                          bytes(4, framework_info()) + bytes(5, id(agent_id)) + bytes(6, agent_info()));
}

void Agent::reconnect() { send("ReconnectExecutorMessage", bytes(1, id(agent_id))); }

void Agent::reregistered() { send("ExecutorReregisteredMessage", bytes(1, id(agent_id)) + bytes(2, agent_info())); }

void Agent::run(const std::string &task_info) {
    send("RunTaskMessage", bytes(2, framework_info()) + bytes(4, task_info));
}

void Agent::kill(const std::string &task_id) {
    send("KillTaskMessage", bytes(1, id(framework_id)) + bytes(2, id(task_id)));
}

void Agent::message(const std::string &data) {
    send("FrameworkToExecutorMessage",
         bytes(1, id(agent_id)) + bytes(2, id(framework_id)) + bytes(3, id(executor_id)) + bytes(4, data));
}

void Agent::acknowledge(const std::string &status_update) {
    send("StatusUpdateAcknowledgementMessage", bytes(1, id(agent_id)) + bytes(2, id(framework_id)) +
                                                   bytes(3, fields::get(status_update, {4, 1})) +
                                                   bytes(4, fields::get(status_update, {6})));
}

void Agent::shutdown() { send("ShutdownExecutorMessage", ""); }

void Agent::send(const std::string &kind, const std::string &body) { node_.send(executor_, package + kind, body); }
