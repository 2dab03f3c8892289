/* What the driver and libprocess read from the environment. What is missing or wrong ends the program, as there. */
#pragma once

#include <chrono>

#include "node.h"
#include "process.h"

namespace standin {

/* As stout writes them: a decimal number and ns, us, ms, secs, mins, hrs, days or weeks. */
bool parse_duration(const std::string &text, std::chrono::nanoseconds &duration);

/* What the agent tells its executor. */
struct AgentEnvironment {
    AgentEnvironment() = default;
    AgentEnvironment(Era era, const Host &host);

    wire::Pid agent;
    std::string agent_id;
    std::string framework_id;
    std::string executor_id;
    bool checkpoint = false;
    std::chrono::nanoseconds recovery_timeout = std::chrono::minutes(15);
    std::chrono::nanoseconds shutdown_grace = std::chrono::seconds(5);
};

/* Listens where the LIBPROCESS_ variables say. */
wire::Node open_libprocess(const std::string &actor, wire::Node::Events events);

} // namespace standin
