#include "environment.h"

#include <arpa/inet.h>
#include <charconv>
#include <climits>
#include <cstdio>
#include <cstdlib>
#include <netdb.h>
#include <system_error>
#include <unistd.h>

namespace standin {

namespace {

[[noreturn]] void end_program(const std::string &message) {
    fprintf(stderr, "EXIT with status %d: %s\n", EXIT_FAILURE, message.c_str());
    exit(EXIT_FAILURE);
}

std::string required(const Host &host, const char *name) {
    const char *value = host.variable(name);
    if (!value)
        end_program(std::string("Expecting '") + name + "' to be set in the environment");
    return value;
}

void read_duration(const Host &host, const char *name, std::chrono::nanoseconds &duration) {
    const char *value = host.variable(name);
    if (value && !parse_duration(value, duration))
        end_program(std::string("Cannot parse ") + name + " '" + value + "'");
}

/* 0 where the variable is unset. */
uint32_t read_ip(const char *name) {
    const char *value = getenv(name);
    if (!value)
        return 0;
    in_addr address;
    if (inet_pton(AF_INET, value, &address) != 1)
        end_program(std::string("Parsing ") + name + "=" + value + " failed");
    return address.s_addr;
}

uint16_t read_port(const char *name) {
    const char *value = getenv(name);
    if (!value)
        return 0;
    char *end;
    const unsigned long port = strtoul(value, &end, 10);
    if (end == value || *end != '\0' || port > UINT16_MAX)
        end_program(std::string(name) + "=" + value + " is not a valid port");
    return static_cast<uint16_t>(port);
}

uint32_t resolve_host() {
    char name[HOST_NAME_MAX + 1] = "";
    gethostname(name, sizeof name - 1);
    addrinfo hints = {};
    hints.ai_family = AF_INET;
    addrinfo *found;
    if (const int result = getaddrinfo(name, nullptr, &hints, &found))
        end_program(std::string("Failed to obtain the IP address for '") + name + "': " + gai_strerror(result));
    const uint32_t ip = reinterpret_cast<const sockaddr_in *>(found->ai_addr)->sin_addr.s_addr;
    freeaddrinfo(found);
    return ip;
}

} // namespace

bool parse_duration(const std::string &text, std::chrono::nanoseconds &duration) {
    static constexpr struct {
        const char *name;
        double nanoseconds;
    } units[] = {{"ns", 1},      {"us", 1e3},     {"ms", 1e6},       {"secs", 1e9},
                 {"mins", 60e9}, {"hrs", 3600e9}, {"days", 86400e9}, {"weeks", 604800e9}};
    double number;
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (parsed.ec != std::errc())
        return false;
    for (const auto &unit : units) {
        if (text.compare(static_cast<size_t>(parsed.ptr - text.data()), std::string::npos, unit.name) != 0)
            continue;
        const double nanoseconds = number * unit.nanoseconds;
        if (nanoseconds >= 0x1p63)
            return false;
        duration = std::chrono::nanoseconds(static_cast<int64_t>(nanoseconds));
        return true;
    }
    return false;
}

AgentEnvironment::AgentEnvironment(Era era, const Host &host) {
    const std::string pid = required(host, "MESOS_SLAVE_PID");
    if (!wire::Pid::parse(pid, agent)) {
        fprintf(stderr, "Check failed: Cannot parse MESOS_SLAVE_PID '%s'\n", pid.c_str());
        std::abort();
    }
    agent_id = required(host, "MESOS_SLAVE_ID");
    framework_id = required(host, "MESOS_FRAMEWORK_ID");
    executor_id = required(host, "MESOS_EXECUTOR_ID");
    required(host, "MESOS_DIRECTORY");

    const char *value = host.variable("MESOS_CHECKPOINT");
    checkpoint = value && value == std::string("1");
    if (checkpoint)
        read_duration(host, "MESOS_RECOVERY_TIMEOUT", recovery_timeout);
    if (era == Era::V1_11) /* before 1.0 it is 5 s, whatever the agent says */
        read_duration(host, "MESOS_EXECUTOR_SHUTDOWN_GRACE_PERIOD", shutdown_grace);
}

wire::Node open_libprocess(const std::string &actor, wire::Node::Events events) try {
    const uint32_t ip = getenv("LIBPROCESS_IP") ? read_ip("LIBPROCESS_IP") : resolve_host();
    return wire::Node(actor, {ip, read_port("LIBPROCESS_PORT")},
                      {read_ip("LIBPROCESS_ADVERTISE_IP"), read_port("LIBPROCESS_ADVERTISE_PORT")}, std::move(events));
} catch (const std::system_error &e) {
    end_program(std::string("Failed to initialize: ") + e.what());
}

} // namespace standin
