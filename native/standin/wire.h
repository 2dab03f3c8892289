/*
 * The messages of libprocess, POST /<actor>/<message> over TCP, as captured between a real agent and real drivers. The
 * agent of the bridge's test program speaks through this, too.
 */
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>

namespace wire {

/* The address of one actor, written name@ip:port. IPv4, as libprocess knows no other. */
struct Pid {
    std::string name;
    uint32_t ip = 0; /* in network byte order, like in_addr */
    uint16_t port = 0;

    static bool parse(const std::string &text, Pid &pid);
    std::string text() const;
    bool same_process(const Pid &other) const { return ip == other.ip && port == other.port; }
};

struct Message {
    std::string to;   /* the actor's name only */
    std::string name; /* e.g. mesos.internal.RunTaskMessage */
    Pid from;
    std::string body;
    bool wants_answer = false; /* the sender is no libprocess */
};

std::string encode(const Pid &from, const Pid &to, const std::string &name, const std::string &body);

/* What came is no message; nothing more can be read from that connection. */
struct Malformed : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/* Cuts the bytes of one connection into messages, however TCP cut them. */
class Reader {
  public:
    void append(const char *data, size_t size);

    /* Takes the next whole message; false: more bytes are needed. Throws Malformed. */
    bool next(Message &message);

  private:
    std::string buffer_;
    size_t start_ = 0; /* of what was not taken yet */
};

} // namespace wire
